-- Certificates: renewed by the machine's own session, issued by the worker. Desk.presented_serial and
-- desk.machine_sessions are bootstrap's: they see other sessions, which the owner of these does not.

-- A certificate that its machine was seen with: it is in use, and those issued before it are good no more. The worker
-- comes again: it waits for nobody here.
CREATE FUNCTION desk.certificate_used(shown numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    used desk.machine_certificate;
BEGIN
    SELECT c.* INTO used FROM desk.machine_certificate AS c
    WHERE c.serial = shown AND c.replaced_at IS NULL AND c.first_used_at IS NULL
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE desk.machine_certificate AS c SET first_used_at = clock_timestamp() WHERE c.id = used.id;
    UPDATE desk.machine_certificate AS c SET replaced_at = clock_timestamp()
    WHERE c.machine_id = used.machine_id AND c.id < used.id AND c.replaced_at IS NULL;
    IF FOUND THEN
        PERFORM pg_notify('desk_worker', 'sessions');
    END IF;
END
$$;

-- The next certificate for the machine that asks, from the day that the setting renew_after_days says.
-- A session may keep its transaction open for as long as it likes. So it locks nothing that its revocation, the worker
-- or an administrator has to change: its own requests are all that it writes, and the worker sees the first use there.
CREATE FUNCTION desk.cert_renew(csr text) RETURNS TABLE (state text, certificate text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    presented numeric := desk.presented_serial();
    own desk.machine_certificate;
    asked desk.signing_request;
    is_first boolean := false;
BEGIN
    PERFORM desk.check_csr(cert_renew.csr);
    SELECT c.* INTO own FROM desk.machine_certificate AS c JOIN desk.machine AS m ON m.id = c.machine_id
    WHERE c.serial = presented AND c.replaced_at IS NULL
        AND m.name = desk.current_machine() AND desk.is_machine() AND m.level <> 'none' AND m.deleted_at IS NULL;
    IF NOT FOUND THEN
        PERFORM desk.refuse('42501', 'this session shows no certificate of its machine');
    END IF;
    IF own.first_used_at IS NULL THEN
        UPDATE desk.signing_request AS r SET first_used_at = clock_timestamp()
        WHERE r.machine_id = own.machine_id AND r.serial = presented AND r.first_used_at IS NULL;
        is_first := FOUND;
        PERFORM pg_notify('desk_worker', 'sessions');
    END IF;
    SELECT r.* INTO asked FROM desk.signing_request AS r
    WHERE r.machine_id = own.machine_id AND r.code_id IS NULL AND r.csr = cert_renew.csr
    ORDER BY r.id DESC LIMIT 1;
    IF asked.serial = presented OR (is_first AND asked.id IS NULL) THEN
        RETURN QUERY SELECT 'in_use', NULL::text;
    ELSIF asked.signed_at IS NOT NULL THEN
        RETURN QUERY SELECT 'signed', asked.certificate;
    ELSIF asked.id IS NOT NULL AND asked.refused IS NULL THEN
        RETURN QUERY SELECT 'waiting', NULL::text;
    ELSIF asked.refused IS NOT NULL THEN
        RETURN QUERY SELECT 'refused', NULL::text;
    ELSIF desk.renewal_is_early(own) OR NOT desk.renewal_begin(own, cert_renew.csr) THEN
        RETURN QUERY SELECT 'early', NULL::text;
    ELSE
        RETURN QUERY SELECT 'waiting', NULL::text;
    END IF;
END
$$;

-- Too early for the certificate shown, or another request of the machine was signed within the hour: whoever asks in
-- a loop gets no certificates in a loop.
CREATE FUNCTION desk.renewal_is_early(own desk.machine_certificate) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN own.issued_at + make_interval(secs => 86400 * desk.setting_number('renew_after_days', 60)::float)
            > clock_timestamp()
        OR EXISTS (
            SELECT FROM desk.signing_request AS r
            WHERE r.machine_id = own.machine_id AND r.code_id IS NULL
                AND r.signed_at > clock_timestamp() - interval '1 hour'
        );
END
$$;

-- A request that was not answered yet makes room for the new one: its key may be lost. Where another session of the
-- machine asks just now, this one waits for it and takes its place; false where that one was signed meanwhile.
CREATE FUNCTION desk.renewal_begin(own desk.machine_certificate, csr text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    begun bigint;
BEGIN
    DELETE FROM desk.signing_request AS r
    WHERE r.machine_id = own.machine_id AND r.code_id IS NULL AND r.refused IS NOT NULL AND r.signed_at IS NULL;
    INSERT INTO desk.signing_request AS r (request, machine_id, csr, address, shown)
    VALUES (gen_random_uuid(), own.machine_id, renewal_begin.csr, host(inet_client_addr()), own.serial)
    ON CONFLICT (machine_id) WHERE code_id IS NULL AND signed_at IS NULL AND refused IS NULL
    DO UPDATE SET request = excluded.request, csr = excluded.csr, address = excluded.address,
        shown = excluded.shown, asked_at = clock_timestamp()
    RETURNING r.id INTO begun;
    IF desk.renewal_is_early(own) THEN
        DELETE FROM desk.signing_request AS r WHERE r.id = begun;
        RETURN false;
    END IF;
    PERFORM pg_notify('desk_worker', 'sign');
    RETURN true;
END
$$;

-- A certificate of a machine, good from now on. By enrolment the earlier ones are good no more; by renewal they stay
-- until this one is first used.
CREATE FUNCTION desk.certificate_enter(machine_row bigint, serial numeric, not_after timestamptz, replaces boolean)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF replaces THEN
        UPDATE desk.machine_certificate AS c SET replaced_at = clock_timestamp()
        WHERE c.machine_id = machine_row AND c.replaced_at IS NULL;
        PERFORM pg_notify('desk_worker', 'sessions');
    END IF;
    INSERT INTO desk.machine_certificate (machine_id, serial, not_after)
    VALUES (machine_row, certificate_enter.serial, certificate_enter.not_after);
    PERFORM desk.security_event_add(
        CASE WHEN replaces THEN 'enrolled' ELSE 'renewed' END,
        (SELECT m.name FROM desk.machine AS m WHERE m.id = machine_row), NULL,
        jsonb_build_object('serial', certificate_enter.serial::text, 'not_after', certificate_enter.not_after), false
    );
END
$$;

-- The worker has signed; false where there is nothing to sign any more. A request waits for its commit for as long as
-- who asked likes: what he asked by, his certificate or the code, must still be good by now.
CREATE FUNCTION desk.certificate_issue(request uuid, serial numeric, not_after timestamptz, certificate text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked desk.signing_request;
BEGIN
    -- the machine first, in the order of desk.machine_set and desk.enrolment_begin
    PERFORM FROM desk.machine AS m JOIN desk.signing_request AS r ON r.machine_id = m.id
    WHERE r.request = certificate_issue.request FOR NO KEY UPDATE OF m;
    UPDATE desk.signing_request AS r
    SET certificate = certificate_issue.certificate, serial = certificate_issue.serial, signed_at = clock_timestamp()
    FROM desk.machine AS m
    WHERE r.request = certificate_issue.request AND r.signed_at IS NULL AND r.refused IS NULL
        AND m.id = r.machine_id AND m.level <> 'none' AND m.deleted_at IS NULL
        AND (EXISTS (
            SELECT FROM desk.machine_certificate AS c
            WHERE r.code_id IS NULL AND c.machine_id = m.id AND c.serial = r.shown AND c.replaced_at IS NULL
        ) OR EXISTS (
            SELECT FROM desk.enrolment_code AS c
            WHERE c.id = r.code_id AND c.withdrawn_at IS NULL AND desk.may_enrol(c.issuer_id)
        ))
    RETURNING r.* INTO asked;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM desk.certificate_enter(
        asked.machine_id, certificate_issue.serial, certificate_issue.not_after, asked.code_id IS NOT NULL
    );
    RETURN true;
END
$$;

CREATE FUNCTION desk.certificate_refuse(request uuid, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE desk.signing_request AS r SET refused = coalesce(left(reason, 200), 'refused')
    WHERE r.request = certificate_refuse.request AND r.signed_at IS NULL AND r.refused IS NULL;
    RETURN FOUND;
END
$$;

-- Whoever was shut out comes back by a code alone: what he came in by may be in other hands.
CREATE FUNCTION desk.certificates_end(machine_row bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE desk.machine_certificate AS c SET replaced_at = clock_timestamp()
    WHERE c.machine_id = machine_row AND c.replaced_at IS NULL;
END
$$;

-- Enrolment on the server itself: nobody but the superuser may call it.
CREATE FUNCTION desk.certificate_add(name text, serial numeric, not_after timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    machine_row bigint;
BEGIN
    SELECT m.id INTO machine_row FROM desk.machine AS m
    WHERE m.name = certificate_add.name AND m.deleted_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM desk.refuse('DK018', 'no such machine', 'name');
    END IF;
    PERFORM desk.enrolment_withdraw(machine_row);
    PERFORM desk.certificate_enter(machine_row, certificate_add.serial, certificate_add.not_after, true);
END
$$;

-- What the worker learns from live sessions: who is there, from where, and which certificates are in use.
CREATE FUNCTION desk.certificates_seen() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen record;
    number bigint := 0;
BEGIN
    FOR seen IN
        SELECT m.id, max(s.serial) AS serial, (array_agg(s.address ORDER BY s.since DESC))[1] AS address
        FROM desk.machine_sessions() AS s JOIN desk.machine AS m ON m.name = s.machine
        GROUP BY m.id, s.serial ORDER BY m.id, max(s.since)
    LOOP
        INSERT INTO desk.machine_seen AS x (machine_id, last_seen_at, address)
        VALUES (seen.id, clock_timestamp(), seen.address)
        ON CONFLICT ON CONSTRAINT pk_machine_seen DO UPDATE
            SET last_seen_at = excluded.last_seen_at, address = excluded.address
            WHERE x.last_seen_at < excluded.last_seen_at - interval '20 seconds'
                OR x.address IS DISTINCT FROM excluded.address;
        PERFORM desk.certificate_used(seen.serial);
        number := number + 1;
    END LOOP;
    -- those who went again at once have left word
    PERFORM desk.certificate_used(c.serial)
    FROM desk.machine_certificate AS c JOIN desk.signing_request AS r ON r.serial = c.serial
    WHERE c.first_used_at IS NULL AND c.replaced_at IS NULL AND r.first_used_at IS NOT NULL;
    RETURN number;
END
$$;

-- A certificate refused at login, as the server's log tells it. An alarm where it was this machine's once: somebody
-- has kept a copy. The same one again within the hour says nothing new.
CREATE FUNCTION desk.old_certificate_seen(machine text, serial numeric, address text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM desk.machine_certificate AS c JOIN desk.machine AS m ON m.id = c.machine_id
        WHERE m.name = old_certificate_seen.machine AND c.serial = old_certificate_seen.serial
            AND c.replaced_at IS NOT NULL
    ) OR EXISTS (
        SELECT FROM desk.security_event AS e
        WHERE e.kind = 'old_certificate' AND e.machine = old_certificate_seen.machine
            AND e.detail ->> 'serial' = old_certificate_seen.serial::text
            AND e.address IS NOT DISTINCT FROM old_certificate_seen.address
            AND e.at > clock_timestamp() - interval '1 hour'
    ) THEN
        RETURN false;
    END IF;
    PERFORM desk.security_event_add(
        'old_certificate', old_certificate_seen.machine, old_certificate_seen.address,
        jsonb_build_object('serial', old_certificate_seen.serial::text), true
    );
    RETURN true;
END
$$;
