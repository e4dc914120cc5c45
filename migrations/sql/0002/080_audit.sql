-- Who changed what, from where. Written by triggers alone; machine is session_user and can't be stated.

CREATE FUNCTION desk.row_key(row_values jsonb, key_columns text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT string_agg(row_values ->> name, '/' ORDER BY place)
        FROM unnest(key_columns) WITH ORDINALITY AS k (name, place)
    );
END
$$;

-- The fields whose values go to audit_private, where they can be forgotten; the entry keeps their salted hash.
CREATE FUNCTION desk.private_fields(entity_name text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(field), '{}') FROM (
            SELECT field FROM desk.field_rule WHERE entity = entity_name AND is_private
            UNION SELECT 'body' WHERE entity_name = 'comment_private'
        ) AS private
    );
END
$$;

CREATE FUNCTION desk.write_audit_rows(entity_name text, key_columns text[], old_rows jsonb[], new_rows jsonb[])
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

-- Arguments: the columns of the primary key. (TG_ARGV counts from 0; a slice of it counts from 1 as arrays do.)
CREATE FUNCTION desk.audit_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added jsonb[] := ARRAY(SELECT to_jsonb(n) FROM new_rows AS n);
BEGIN
    IF added <> '{}' THEN
        PERFORM desk.write_audit_rows(TG_TABLE_NAME, TG_ARGV[0:], NULL, added);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION desk.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before jsonb[];
    after jsonb[];
BEGIN
    SELECT array_agg(o.old_row), array_agg(n.new_row) INTO before, after
    FROM (SELECT desk.row_key(to_jsonb(r), TG_ARGV) AS row_key, to_jsonb(r) AS old_row FROM old_rows AS r) AS o
    FULL JOIN (SELECT desk.row_key(to_jsonb(r), TG_ARGV) AS row_key, to_jsonb(r) AS new_row FROM new_rows AS r) AS n
        USING (row_key);
    IF after IS NOT NULL THEN
        PERFORM desk.write_audit_rows(TG_TABLE_NAME, TG_ARGV[0:], before, after);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION desk.audit_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    removed jsonb[] := ARRAY(SELECT to_jsonb(o) FROM old_rows AS o);
BEGIN
    IF removed <> '{}' THEN
        PERFORM desk.write_audit_rows(TG_TABLE_NAME, TG_ARGV[0:], removed, NULL);
    END IF;
    RETURN NULL;
END
$$;

-- A file is audited by its hash; its bytes are not copied.
CREATE FUNCTION desk.audit_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.write_audit_rows(TG_TABLE_NAME, TG_ARGV[0:], NULL, ARRAY(
        SELECT to_jsonb(file) FROM (
            SELECT id, ticket_id, name, media_type, sha256, size, machine, person_id, origin, created_at FROM new_rows
        ) AS file
    ));
    RETURN NULL;
END
$$;

-- A ticket's own entry covers the events that its change causes; an import's events are changes of their own.
CREATE FUNCTION desk.audit_imported_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF desk.is_importing() THEN
        PERFORM desk.write_audit_rows(TG_TABLE_NAME, TG_ARGV[0:], NULL, ARRAY(SELECT to_jsonb(n) FROM new_rows AS n));
    END IF;
    RETURN NULL;
END
$$;
