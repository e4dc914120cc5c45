-- PostgreSQL's own doors: what everybody may execute by default and no machine needs. Doctor checks the same list.
DO $$
DECLARE
    door regprocedure;
BEGIN
    FOR door IN
        SELECT p.oid::regprocedure
        FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND p.proname ~ ('^(pg_(try_)?advisory_|lo_|pg_sleep|(lowrite|loread|pg_notify|pg_export_snapshot'
              '|pg_logical_emit_message|pg_current_xact_id|txid_current)$)')
    LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', door);
    END LOOP;
END
$$;
-- DO is a program inside the server: no machine needs it, and in a loop it fills the log
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO desk_owner;
-- the worker is alone by an advisory lock; the schema's definer functions send the notices
GRANT EXECUTE ON FUNCTION pg_catalog.pg_try_advisory_lock(bigint) TO desk_worker;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO desk_owner;
