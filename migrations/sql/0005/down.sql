-- Undo of 0005. The chain goes with the step down: going up again begins a new one over all entries.
ALTER TABLE desk.audit_entry DROP CONSTRAINT ck_audit_entry_version;
CREATE OR REPLACE FUNCTION desk.current_person() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stated text := nullif(current_setting('desk.person', true), '');
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

CREATE OR REPLACE FUNCTION desk.current_session() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        nullif(current_setting('desk.session', true), '')::uuid,
        md5(session_user || ' ' || pg_backend_pid() || ' ' || pg_postmaster_start_time())::uuid
    )
$$;

CREATE OR REPLACE FUNCTION desk.fill_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM desk.ticket WHERE id = NEW.ticket_id AND deleted_at IS NOT NULL) THEN
        PERFORM desk.refuse('DK018', 'the ticket was deleted', 'ticket_id');
    END IF;
    IF desk.is_machine() THEN
        NEW.machine := desk.current_machine();
        NEW.person_id := desk.current_person();
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION desk.write_audit_rows(entity_name text, key_columns text[], old_rows jsonb[], new_rows jsonb[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    machine_name text := desk.current_machine();
    person bigint := desk.current_person();
    program text := nullif(current_setting('desk.version', true), '');
    private text[] := desk.private_fields(entity_name);
    technical text[] := '{save_id,lease_token,row_version,updated_at}';
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT nextval('desk.audit_entry_id_seq') AS id,
            CASE
                WHEN pair.old_row IS NULL THEN 'insert' WHEN pair.new_row IS NULL THEN 'delete' ELSE 'update'
            END AS action,
            CASE
                WHEN cardinality(key_columns) = 1 THEN coalesce(pair.new_row, pair.old_row) ->> key_columns[1]
                ELSE desk.row_key(coalesce(pair.new_row, pair.old_row), key_columns)
            END AS row_key,
            CASE WHEN pair.old_row IS NULL THEN (  -- imports come this way, by the thousand
                SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(NULL, value)), '{}')
                FROM jsonb_each(pair.new_row) WHERE value <> 'null' AND key <> ALL (technical || private)
            ) ELSE desk.row_changes(pair.old_row, pair.new_row, technical || private) END AS open_part,
            CASE WHEN private = '{}' THEN '{}' ELSE (
                SELECT coalesce(jsonb_object_agg(key, value), '{}')
                FROM jsonb_each(desk.row_changes(pair.old_row, pair.new_row, '{}')) WHERE key = ANY (private)
            ) END AS private_part,
            uuid_send(gen_random_uuid()) AS salt
        FROM unnest(old_rows, new_rows) AS pair (old_row, new_row)
    ), entry AS (
        INSERT INTO desk.audit_entry (id, machine, person_id, version, action, entity, row_key, changes, private_hash)
        SELECT id, machine_name, person, program, action, entity_name, row_key, open_part,
            CASE WHEN private_part <> '{}' THEN sha256(salt || convert_to(private_part::text, 'UTF8')) END
        FROM changed WHERE open_part <> '{}' OR private_part <> '{}' ORDER BY id
    )
    INSERT INTO desk.audit_private (entry_id, salt, values)
    SELECT id, salt, private_part FROM changed WHERE private_part <> '{}';
END
$$;
DROP FUNCTION desk.forgettable_fields(text);

DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'a_no_truncate' LOOP
        EXECUTE format('DROP TRIGGER a_no_truncate ON %s', relation);
    END LOOP;
END
$$;
DROP FUNCTION desk.refuse_truncate();

DROP FUNCTION desk.forget_contact(bigint, bigint[], bigint[]);
DROP TRIGGER a_forget ON desk.attachment;
DROP TRIGGER a_forget_statement ON desk.attachment;
DROP TRIGGER a_append_only ON desk.attachment;
CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.attachment
    FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{comment_private,audit_private}'::text[] LOOP
        EXECUTE format('DROP TRIGGER a_forget ON desk.%I', name);
        EXECUTE format('DROP TRIGGER a_forget_statement ON desk.%I', name);
        EXECUTE format('DROP TRIGGER a_append_only ON desk.%I', name);
        EXECUTE format(
            'CREATE TRIGGER a_append_only BEFORE UPDATE ON desk.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change()', name
        );
    END LOOP;
END
$$;
DROP FUNCTION desk.allow_forgetting();
DROP FUNCTION desk.refuse_unless_forgetting();
DROP TABLE desk.forgetting;

DROP TABLE desk.audit_open, desk.audit_seal, desk.audit_block;
DROP INDEX desk.ix_audit_entry_machine_at;
REVOKE SELECT ON desk.audit_entry FROM desk_worker;
REVOKE SELECT ON SEQUENCE desk.audit_entry_id_seq FROM desk_worker;
