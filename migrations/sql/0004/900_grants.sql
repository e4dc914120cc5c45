-- Who may read and call what is new here. Functions of bootstrap's bring their own.

DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN SELECT desk.own_functions() LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
END
$$;

GRANT SELECT ON desk.machine_seen, desk.security_event TO desk_admin;
GRANT SELECT (id, machine_id, issued_at, expires_at, issued_by, used_at, withdrawn_at) ON desk.enrolment_code
TO desk_admin;
GRANT SELECT ON desk.machine, desk.machine_certificate, desk.machine_seen, desk.signing_request, desk.security_event
TO desk_worker;

GRANT EXECUTE ON FUNCTION desk.cert_renew(text) TO desk_query;
GRANT EXECUTE ON FUNCTION desk.enrolment_begin(text, bytea), desk.security_event_seen(bigint) TO desk_admin;
GRANT EXECUTE ON FUNCTION desk.enrol(text, text, uuid) TO desk_enrol;
GRANT EXECUTE ON FUNCTION
    desk.certificate_issue(uuid, numeric, timestamptz, text), desk.certificate_refuse(uuid, text),
    desk.certificates_seen(), desk.old_certificate_seen(text, numeric, text),
    desk.security_event_add(text, text, text, jsonb, boolean)
TO desk_worker;

-- desk.machine_set and its like are desk_roles': what they write through.
GRANT EXECUTE ON FUNCTION
    desk.is_machine(), desk.refuse(text, text, text), desk.enrolment_withdraw(bigint),
    desk.enrolment_withdraw_by(bigint), desk.certificates_end(bigint),
    desk.security_event_add(text, text, text, jsonb, boolean)
TO desk_roles;
GRANT SELECT ON desk.enrolment_code TO desk_roles;
