-- The serial check at login: a certificate replaced since is refused, however long it is still valid.
-- It only reads: writing here would lock everybody out of a standby. The worker finds the first line in the log and
-- raises the alarm.
-- Enrolment needs no proof but its code, so that anybody on the network gets that far: while no code was given out
-- lately, nobody does. A day, so that who comes late with his code hears that it has expired.
CREATE OR REPLACE FUNCTION desk.on_login() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET log_min_messages = 'log' -- a machine's own sessions write nothing below FATAL, and the line below must be written
AS $$
DECLARE
    shown numeric;
BEGIN
    IF session_user = 'desk_enrol' THEN
        IF NOT EXISTS (
            SELECT FROM desk.enrolment_code AS c WHERE c.issued_at > clock_timestamp() - interval '1 day'
        ) THEN
            RAISE EXCEPTION 'no enrolment is open' USING ERRCODE = '28000';
        END IF;
        RETURN;
    ELSIF NOT starts_with(session_user::text, 'm_') THEN
        RETURN;
    END IF;
    SELECT s.client_serial INTO shown FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid();
    IF NOT EXISTS (
        SELECT FROM desk.machine AS m
        JOIN desk.machine_certificate AS c ON c.machine_id = m.id
        WHERE m.name = substr(session_user, 3) AND m.level <> 'none' AND m.deleted_at IS NULL
            AND c.serial = shown AND c.replaced_at IS NULL
    ) THEN
        RAISE LOG 'desk refused machine % with serial % from %',
            substr(session_user, 3), shown, host(inet_client_addr());
        RAISE EXCEPTION 'machine certificate is not the enrolled one' USING ERRCODE = '28000';
    END IF;
END
$$;
ALTER FUNCTION desk.on_login() OWNER TO desk_roles; -- who may see serials, and needs no superuser for it
REVOKE ALL ON FUNCTION desk.on_login() FROM PUBLIC;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'desk_login') THEN
        CREATE EVENT TRIGGER desk_login ON login EXECUTE FUNCTION desk.on_login();
    END IF;
END
$$;
ALTER EVENT TRIGGER desk_login ENABLE ALWAYS;
