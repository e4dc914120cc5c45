-- Back to one certificate a machine: the newest that is good.

DROP FUNCTION desk.login_refused_seen(text, text, text);
DROP FUNCTION desk.old_certificate_seen(text, numeric, text);
DROP FUNCTION desk.certificates_seen();
DROP FUNCTION desk.certificate_add(text, numeric, timestamptz);
DROP FUNCTION desk.certificate_refuse(uuid, text);
DROP FUNCTION desk.certificate_issue(uuid, numeric, timestamptz, text);
DROP FUNCTION desk.certificate_enter(bigint, numeric, timestamptz, boolean);
DROP FUNCTION desk.renewal_begin(desk.machine_certificate, text);
DROP FUNCTION desk.renewal_is_early(desk.machine_certificate);
DROP FUNCTION desk.cert_renew(text);
DROP FUNCTION desk.certificate_used(numeric);
DROP FUNCTION desk.enrol(text, text, uuid);
DROP FUNCTION desk.check_csr(text);
DROP FUNCTION desk.enrolment_begin(text, bytea);
DROP FUNCTION desk.enrolment_withdraw(bigint);
DROP FUNCTION desk.enrolment_withdraw_by(bigint);
DROP FUNCTION desk.may_enrol(bigint);
DROP FUNCTION desk.certificates_end(bigint);
DROP FUNCTION desk.setting_number(text, numeric);
DROP FUNCTION desk.security_event_seen(bigint);
DROP FUNCTION desk.security_event_add(text, text, text, jsonb, boolean);
REVOKE EXECUTE ON FUNCTION desk.is_machine(), desk.refuse(text, text, text) FROM desk_roles;
REVOKE SELECT ON desk.machine, desk.machine_certificate FROM desk_worker;

DROP TABLE desk.security_event, desk.signing_request, desk.enrolment_code, desk.machine_seen;

CREATE OR REPLACE FUNCTION desk.check_leasable(stated_entity text, stated_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := to_regclass(format('desk.%I', coalesce(stated_entity, '-')));
    is_deleted boolean;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'lease_token' AND NOT attisdropped
    ) THEN
        PERFORM desk.refuse('DK011', 'no such entity', 'entity');
    ELSIF NOT has_column_privilege(session_user, relation, 'lease_token', 'UPDATE') THEN
        PERFORM desk.refuse('42501', 'this machine may not write such rows', 'entity');
    END IF;
    EXECUTE format('SELECT deleted_at IS NOT NULL FROM desk.%I WHERE id = $1', stated_entity)
    INTO is_deleted USING stated_id;
    IF coalesce(is_deleted, true) THEN
        PERFORM desk.refuse('DK018', 'no such row, or it was deleted', 'entity_id');
    END IF;
END
$$;

DROP TRIGGER a_guard_insert ON desk.machine;
DROP TRIGGER a_guard_update ON desk.machine;
CREATE FUNCTION desk.raise_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.save_id := NULL;
    IF TG_OP = 'UPDATE' THEN
        NEW.row_version := OLD.row_version + 1;
        NEW.updated_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION desk.raise_version() FROM PUBLIC;
CREATE TRIGGER a_version BEFORE INSERT OR UPDATE ON desk.machine
    FOR EACH ROW EXECUTE FUNCTION desk.raise_version();
ALTER TABLE desk.machine DROP COLUMN level_since;

DROP TRIGGER x_audit_insert ON desk.machine_certificate;
DROP TRIGGER x_audit_update ON desk.machine_certificate;
DROP TRIGGER x_audit_delete ON desk.machine_certificate;
DELETE FROM desk.machine_certificate AS c
WHERE c.id <> (
    SELECT g.id FROM desk.machine_certificate AS g WHERE g.machine_id = c.machine_id
    ORDER BY g.replaced_at NULLS FIRST, g.id DESC LIMIT 1
) OR c.replaced_at IS NOT NULL;
ALTER TABLE desk.machine_certificate DROP CONSTRAINT pk_machine_certificate;
DROP INDEX desk.ix_machine_certificate_machine_id;
ALTER TABLE desk.machine_certificate
    DROP COLUMN id,
    DROP COLUMN first_used_at,
    DROP COLUMN replaced_at,
    ADD CONSTRAINT pk_machine_certificate PRIMARY KEY (machine_id);
CREATE TRIGGER x_audit_insert AFTER INSERT ON desk.machine_certificate REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_insert('machine_id');
CREATE TRIGGER x_audit_update AFTER UPDATE ON desk.machine_certificate
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_update('machine_id');
CREATE TRIGGER x_audit_delete AFTER DELETE ON desk.machine_certificate REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_delete('machine_id');
-- The settings stay: an operator may have chosen them.
