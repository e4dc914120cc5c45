-- What leases need of live sessions. Of desk_roles, who may read all of pg_stat_activity.

-- When this very connection began: its number alone may be another's tomorrow.
CREATE OR REPLACE FUNCTION desk.session_started() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT a.backend_start FROM pg_stat_get_activity(pg_backend_pid()) AS a);
END
$$;

-- Ends the leases whose session is gone: neither the connection of the last sign of life is there nor another one of
-- that session. Row and token stay: as long as nobody takes it, its holder may come back and save. How many it were.
-- Those from before the server's own start are left to their end: it was the server that ended their sessions.
CREATE OR REPLACE FUNCTION desk.leases_end_gone() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ended int;
BEGIN
    PERFORM pg_stat_clear_snapshot();
    WITH live AS MATERIALIZED (
        SELECT a.pid, a.backend_start AS began, a.usename::text AS role, right(a.application_name, 36) AS session
        FROM pg_stat_activity AS a WHERE a.datname = current_database() AND a.backend_type = 'client backend'
    ), gone AS MATERIALIZED (
        SELECT held.entity, held.entity_id, held.token, held.beat_at FROM desk.edit_lease AS held
        WHERE held.expires_at > clock_timestamp() AND held.beat_at >= pg_postmaster_start_time()
            AND NOT EXISTS (
                SELECT FROM live WHERE live.pid = held.holder_pid AND live.began = held.holder_started
            )
            AND NOT EXISTS (
                SELECT FROM live WHERE live.role = 'm_' || held.machine AND live.session = held.session::text
            )
    ), locked AS MATERIALIZED (
        -- only what has had no sign of life since it was looked at, and nothing that somebody has locked
        SELECT held.entity, held.entity_id FROM desk.edit_lease AS held
        JOIN gone USING (entity, entity_id, token, beat_at)
        FOR NO KEY UPDATE OF held SKIP LOCKED
    )
    UPDATE desk.edit_lease AS held SET expires_at = clock_timestamp()
    FROM locked WHERE held.entity = locked.entity AND held.entity_id = locked.entity_id;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;

ALTER FUNCTION desk.session_started() OWNER TO desk_roles;
ALTER FUNCTION desk.leases_end_gone() OWNER TO desk_roles;
REVOKE ALL ON FUNCTION desk.session_started(), desk.leases_end_gone() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.session_started() TO desk_owner;
GRANT EXECUTE ON FUNCTION desk.leases_end_gone() TO desk_worker;
