-- A login by a machine's own certificate that ended before the check of its serial: the machine is shut out, or the
-- session stated something that ends it first. So the one who has a copied key may keep the alarm of it from being
-- raised, but not his trying from being heard of. Of a machine that is shut out it is an alarm. The same machine and
-- address again within the hour say nothing new.
CREATE FUNCTION desk.login_refused_seen(machine text, address text, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_row desk.machine;
BEGIN
    SELECT m.* INTO found_row FROM desk.machine AS m WHERE m.name = login_refused_seen.machine;
    IF NOT FOUND OR EXISTS (
        SELECT FROM desk.security_event AS e
        WHERE e.kind = 'login_refused' AND e.machine = login_refused_seen.machine
            AND e.address IS NOT DISTINCT FROM login_refused_seen.address
            AND e.at > clock_timestamp() - interval '1 hour'
    ) THEN
        RETURN false;
    END IF;
    PERFORM desk.security_event_add(
        'login_refused', login_refused_seen.machine, login_refused_seen.address,
        jsonb_build_object('reason', left(login_refused_seen.reason, 100)),
        found_row.level = 'none' OR found_row.deleted_at IS NOT NULL
    );
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION desk.login_refused_seen(text, text, text) TO desk_worker;
