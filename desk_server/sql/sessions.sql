-- What is seen of live sessions, and how they end. Of desk_roles, who may read all of pg_stat_activity and end any
-- session but a superuser's; the functions narrow that down to machines.

-- The serial of the certificate that this very session came in by.
CREATE OR REPLACE FUNCTION desk.presented_serial() RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT s.client_serial FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid());
END
$$;

CREATE OR REPLACE FUNCTION desk.machine_sessions() RETURNS TABLE (
    machine text, pid int, address text, since timestamptz, application text, serial numeric, state text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT substr(a.usename::text, 3), a.pid, host(a.client_addr), a.backend_start,
        regexp_replace(a.application_name, ' [0-9a-f-]{36}$', ''), -- without the session's own mark
        s.client_serial, a.state
    FROM pg_stat_activity AS a LEFT JOIN pg_stat_ssl AS s ON s.pid = a.pid
    WHERE starts_with(a.usename::text, 'm_') AND a.datname = current_database() AND a.backend_type = 'client backend';
END
$$;

-- Ends a machine's sessions, or one of them; never the caller's own. How many it were.
-- Always after the transaction that took the machine's rights: done within it, a machine that reconnects in a loop
-- slips in between.
CREATE OR REPLACE FUNCTION desk.machine_sessions_end(name text, pid int DEFAULT NULL) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ended int;
    addresses jsonb;
BEGIN
    -- Chosen first, ended then: in one WHERE PostgreSQL may end a session before it asks whose it is.
    WITH chosen AS MATERIALIZED (
        SELECT s.pid, s.address FROM desk.machine_sessions() AS s
        WHERE s.machine = machine_sessions_end.name AND s.pid <> pg_backend_pid()
            AND s.pid = coalesce(machine_sessions_end.pid, s.pid)
    ), told AS MATERIALIZED (
        SELECT c.address, pg_terminate_backend(c.pid) AS has_ended FROM chosen AS c
    )
    SELECT count(*), coalesce(jsonb_agg(DISTINCT t.address), '[]') INTO ended, addresses
    FROM told AS t WHERE t.has_ended;
    IF ended > 0 THEN
        PERFORM desk.security_event_add(
            'sessions_ended', machine_sessions_end.name, NULL,
            jsonb_build_object('sessions', ended, 'addresses', addresses), false
        );
    END IF;
    RETURN ended;
END
$$;

ALTER FUNCTION desk.presented_serial() OWNER TO desk_roles;
ALTER FUNCTION desk.machine_sessions() OWNER TO desk_roles;
ALTER FUNCTION desk.machine_sessions_end(text, int) OWNER TO desk_roles;
REVOKE ALL ON FUNCTION
    desk.presented_serial(), desk.machine_sessions(), desk.machine_sessions_end(text, int)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.presented_serial() TO desk_owner;
GRANT EXECUTE ON FUNCTION desk.machine_sessions() TO desk_owner, desk_admin, desk_worker;
GRANT EXECUTE ON FUNCTION desk.machine_sessions_end(text, int) TO desk_admin, desk_worker;
