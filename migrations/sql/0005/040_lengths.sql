-- What a session states, and every text that a machine can bring into the audit, has an end: whoever could put 500 MB
-- into an entry would have the sealing choke on it.

-- Entries of before may be longer: they are sealed as they are, and the constraint is for new ones.
ALTER TABLE desk.audit_entry ADD CONSTRAINT ck_audit_entry_version CHECK (length(version) <= 40) NOT VALID;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM desk.audit_entry WHERE length(version) > 40) THEN
        ALTER TABLE desk.audit_entry VALIDATE CONSTRAINT ck_audit_entry_version;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION desk.current_person() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stated text := nullif(left(current_setting('desk.person', true), 1000), '');
    person bigint;
    people bigint;
BEGIN
    IF NOT desk.is_machine() THEN
        RETURN NULL;
    END IF;
    SELECT min(staff.id) FILTER (WHERE stated IS NULL OR staff.code = stated), count(*)
    INTO person, people
    FROM desk.machine
    JOIN desk.machine_person ON machine_person.machine_id = machine.id
    JOIN desk.staff ON staff.id = machine_person.staff_id
    WHERE machine.name = desk.current_machine();
    IF person IS NULL THEN
        PERFORM desk.refuse('DK015', 'the stated person is not bound to this machine');
    ELSIF stated IS NULL AND people > 1 THEN
        PERFORM desk.refuse('DK015', 'several people use this machine and none was stated');
    END IF;
    RETURN person;
END
$$;

-- A message of a wrong one quotes it: 64 letters, not 500 MB.
CREATE OR REPLACE FUNCTION desk.current_session() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        nullif(left(current_setting('desk.session', true), 64), '')::uuid,
        md5(session_user || ' ' || pg_backend_pid() || ' ' || pg_postmaster_start_time())::uuid
    )
$$;

-- Files alone have texts that no rule has looked at.
CREATE OR REPLACE FUNCTION desk.fill_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF length(NEW.name) > 300 AND NOT desk.is_importing() THEN
        PERFORM desk.refuse('DK019', 'this text is too long', 'name');
    ELSIF length(NEW.media_type) > 200 AND NOT desk.is_importing() THEN
        PERFORM desk.refuse('DK019', 'this text is too long', 'media_type');
    ELSIF EXISTS (SELECT FROM desk.ticket WHERE id = NEW.ticket_id AND deleted_at IS NOT NULL) THEN
        PERFORM desk.refuse('DK018', 'the ticket was deleted', 'ticket_id');
    END IF;
    IF desk.is_machine() THEN
        NEW.machine := desk.current_machine();
        NEW.person_id := desk.current_person();
    END IF;
    RETURN NEW;
END
$$;
