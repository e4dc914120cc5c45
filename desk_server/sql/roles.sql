-- Roles of the desk. Run by the superuser, any number of times.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'desk_owner', 'desk_import', 'desk_roles', 'desk_enrol', 'desk_query', 'desk_full', 'desk_admin', 'desk_worker'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;
ALTER ROLE desk_worker LOGIN CONNECTION LIMIT 4;
ALTER ROLE desk_roles CREATEROLE;

-- each level includes the one before it
GRANT desk_query TO desk_full;
GRANT desk_full TO desk_admin;

-- desk_roles hands levels out without having any of them
GRANT desk_query, desk_full, desk_admin TO desk_roles WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT pg_signal_backend TO desk_roles;
-- it tells a session's serial and address to those who may know, through desk.presented_serial and machine_sessions
GRANT pg_read_all_stats TO desk_roles;
-- errors quote what was typed: those of machines stay out of the server's log, and only a superuser's grant allows that
GRANT SET ON PARAMETER log_min_messages TO desk_roles;

-- Whoever has a one-time code comes in by this role, without any proof: the code is the proof. A role may change its
-- own settings; so they are put back here, and our clients state what they need when they connect.
ALTER ROLE desk_enrol LOGIN CONNECTION LIMIT 5 PASSWORD NULL;
ALTER ROLE desk_enrol RESET ALL;
ALTER ROLE desk_enrol SET search_path = pg_catalog, pg_temp;
ALTER ROLE desk_enrol SET statement_timeout = '5s';
ALTER ROLE desk_enrol SET transaction_timeout = '10s';
ALTER ROLE desk_enrol SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE desk_enrol SET idle_session_timeout = '60s';
ALTER ROLE desk_enrol SET lock_timeout = '2s';
-- these two it can't change: one enroller would read the other's code in pg_stat_activity, or leave his own in the log
ALTER ROLE desk_enrol SET track_activities = off;
ALTER ROLE desk_enrol SET log_min_messages = 'fatal';

-- the worker frees what hangs, also when all other connections are taken
GRANT pg_use_reserved_connections, pg_read_all_stats, pg_signal_backend TO desk_worker;
-- no job waits for what a machine holds: the next one, the watchdog among them, has its turn
ALTER ROLE desk_worker RESET ALL;
ALTER ROLE desk_worker SET lock_timeout = '500ms';
