-- Enrolment: an administrator begins it, whoever has the code asks, the worker signs.
-- The secret comes from outside; its hash alone is kept, and no message quotes it.

CREATE FUNCTION desk.setting_number(name text, otherwise numeric) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((SELECT value::numeric FROM desk.setting WHERE key = name), otherwise);
END
$$;

-- The machine's open codes, and what was asked by them, count no more. Not its renewals: its sessions may hold those for
-- as long as they like, and without the certificate that was shown they come to nothing.
CREATE FUNCTION desk.enrolment_withdraw(machine_row bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE desk.enrolment_code SET withdrawn_at = clock_timestamp()
    WHERE machine_id = machine_row AND used_at IS NULL AND withdrawn_at IS NULL;
    UPDATE desk.signing_request SET refused = 'withdrawn'
    WHERE machine_id = machine_row AND code_id IS NOT NULL AND signed_at IS NULL AND refused IS NULL;
END
$$;

-- Whether codes that this machine gave out count: it is an administrator's still. Null stands for the server's owner.
CREATE FUNCTION desk.may_enrol(issuer_row bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN issuer_row IS NULL OR EXISTS (
        SELECT FROM desk.machine AS m WHERE m.id = issuer_row AND m.level = 'admin' AND m.deleted_at IS NULL
    );
END
$$;

-- Who is no administrator any more has given out no codes: they would outlive his level.
CREATE FUNCTION desk.enrolment_withdraw_by(issuer_row bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE desk.signing_request AS r SET refused = 'withdrawn'
    FROM desk.enrolment_code AS c
    WHERE c.id = r.code_id AND c.issuer_id = issuer_row AND r.signed_at IS NULL AND r.refused IS NULL;
    UPDATE desk.enrolment_code AS c SET withdrawn_at = clock_timestamp()
    WHERE c.issuer_id = issuer_row AND c.used_at IS NULL AND c.withdrawn_at IS NULL;
END
$$;

-- A new code for a machine; the earlier ones are withdrawn. Its certificate stays good until the code is used.
CREATE FUNCTION desk.enrolment_begin(name text, code_hash bytea) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_row desk.machine;
    issuer desk.machine;
    ends timestamptz := clock_timestamp() + make_interval(mins => desk.setting_number('enrolment_minutes', 15)::int);
BEGIN
    IF coalesce(length(enrolment_begin.code_hash), 0) <> 32 THEN
        PERFORM desk.refuse('23514', 'not a hash', 'code_hash');
    END IF;
    -- The caller's own machine too: whoever takes its level away comes before this, or after it and sees the code.
    PERFORM FROM desk.machine AS m
    WHERE m.name = enrolment_begin.name OR (m.name = desk.current_machine() AND desk.is_machine())
    ORDER BY m.id FOR NO KEY UPDATE;
    SELECT m.* INTO issuer FROM desk.machine AS m WHERE m.name = desk.current_machine() AND desk.is_machine();
    IF desk.is_machine() AND (issuer.id IS NULL OR NOT desk.may_enrol(issuer.id)) THEN
        PERFORM desk.refuse('42501', 'this machine is no administrator''s any more');
    END IF;
    SELECT m.* INTO found_row FROM desk.machine AS m WHERE m.name = enrolment_begin.name AND m.deleted_at IS NULL;
    IF NOT FOUND THEN
        PERFORM desk.refuse('DK018', 'no such machine', 'name');
    ELSIF found_row.level = 'none' THEN
        PERFORM desk.refuse('23514', 'this machine is shut out', 'level');
    END IF;
    PERFORM desk.enrolment_withdraw(found_row.id);
    INSERT INTO desk.enrolment_code (machine_id, code_hash, expires_at, issued_by, issuer_id)
    VALUES (found_row.id, enrolment_begin.code_hash, ends, desk.current_machine(), issuer.id);
    PERFORM desk.security_event_add(
        'enrolment_started', found_row.name, host(inet_client_addr()), jsonb_build_object('expires_at', ends), false
    );
    RETURN ends;
END
$$;

CREATE FUNCTION desk.check_csr(csr text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF csr IS NULL OR octet_length(csr) > 8000 OR NOT starts_with(csr, '-----BEGIN CERTIFICATE REQUEST-----') THEN
        PERFORM desk.refuse('DK019', 'not a certificate request', 'csr');
    END IF;
END
$$;

-- Claims the code, once, and asks for a signature; the same secret and request again tell how far it is.
CREATE FUNCTION desk.enrol(secret text, csr text, request uuid)
RETURNS TABLE (state text, machine text, certificate text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    hash bytea;
    code desk.enrolment_code;
BEGIN
    IF enrol.secret IS NULL OR length(enrol.secret) > 200 THEN
        PERFORM desk.refuse('DK030', 'this code is not known');
    ELSIF enrol.request IS NULL THEN
        PERFORM desk.refuse('DK010', 'a request needs a number', 'request');
    END IF;
    PERFORM desk.check_csr(enrol.csr);
    hash := sha256(convert_to(enrol.secret, 'UTF8'));
    UPDATE desk.enrolment_code AS c SET used_at = clock_timestamp()
    WHERE c.code_hash = hash AND c.used_at IS NULL AND c.withdrawn_at IS NULL AND c.expires_at > clock_timestamp()
        AND desk.may_enrol(c.issuer_id)
    RETURNING c.* INTO code;
    IF FOUND THEN
        INSERT INTO desk.signing_request (request, machine_id, code_id, csr, address)
        VALUES (enrol.request, code.machine_id, code.id, enrol.csr, host(inet_client_addr()));
        PERFORM pg_notify('desk_worker', 'sign');
    ELSE
        SELECT c.* INTO code FROM desk.enrolment_code AS c WHERE c.code_hash = hash;
    END IF;
    RETURN QUERY
    SELECT CASE
            WHEN r.refused IS NOT NULL THEN 'refused' WHEN r.signed_at IS NOT NULL THEN 'signed' ELSE 'waiting'
        END, m.name, r.certificate, r.refused
    FROM desk.signing_request AS r JOIN desk.machine AS m ON m.id = r.machine_id
    WHERE r.code_id = code.id AND r.request = enrol.request;
    IF FOUND THEN
        RETURN;
    ELSIF code.id IS NULL THEN
        PERFORM desk.refuse('DK030', 'this code is not known');
    ELSIF code.used_at IS NOT NULL THEN
        PERFORM desk.refuse('DK031', 'this code was used');
    END IF;
    PERFORM desk.refuse('DK032', 'this code is no longer valid');
END
$$;
