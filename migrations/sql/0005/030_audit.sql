-- Writing entries: what a person may want forgotten is kept apart from the beginning, and it costs less.

-- Fields whose values go to audit_private, whether they are marked private now or not: what an entry holds in the
-- open stays there for good. Beside private_fields, whatever that says: all that tells who a contact is, and the
-- names of files.
CREATE FUNCTION desk.forgettable_fields(entity_name text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE entity_name
        WHEN 'contact' THEN desk.private_fields('contact') || '{name,title,phone,mail,note}'::text[]
        WHEN 'attachment' THEN '{name}'::text[]
        WHEN 'comment_private' THEN '{body}'::text[]
        WHEN 'ticket' THEN '{}'::text[]
        WHEN 'comment' THEN '{}'::text[]
        ELSE desk.private_fields(entity_name)
    END;
END
$$;

CREATE OR REPLACE FUNCTION desk.write_audit_rows(
    entity_name text, key_columns text[], old_rows jsonb[], new_rows jsonb[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    machine_name text := desk.current_machine();
    person bigint := desk.current_person();
    program text := nullif(left(current_setting('desk.version', true), 40), ''); -- a session may state anything
    private text[] := desk.forgettable_fields(entity_name);
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
