-- Many rows of one entity in one call, each with a result of its own: what breaks one undoes none of the others.
-- By the caller's own rights: it may do nothing that a loop of UPDATEs could not. Rows are locked in the order of their
-- ids, whatever order they come in, so that two who change the same rows wait for each other and no deadlock arises.
--
-- rows: [{"id", "row_version" (that was read), "save_id", "lease_token"?, "values": {column: value}}, ...]
-- state: ok, already (this very save was done before) or failed. before: the old values of the fields written, as far
-- as the caller may read them. machine, person: who holds the lease that a row failed by.
-- A row that can't be locked soon fails with 55P03 and may be sent again; so does what is left after eight seconds.
CREATE FUNCTION desk.save_rows(entity text, rows jsonb)
RETURNS TABLE (
    id bigint, state text, sqlstate text, field text, row_version bigint, before jsonb, machine text, person text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
#variable_conflict use_column
DECLARE
    most CONSTANT integer := 100;
    until CONSTANT timestamptz := clock_timestamp() + interval '8 s';
    number CONSTANT text := '^[0-9]{1,18}$';
    relation oid;
    given record;
    names text[];
    earlier_names text[];
    unknown text;
    lock_row text;
    save_row text;
    locked jsonb;
    refused text;
    constraint_name text;
    table_name text;
    saved_id text;
BEGIN
    SELECT c.oid INTO relation FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'desk'::regnamespace AND c.relname = save_rows.entity AND c.relkind = 'r'
        AND a.attname = 'lease_token' AND NOT a.attisdropped;
    IF relation IS NULL OR save_rows.entity = 'machine' THEN
        RAISE EXCEPTION 'no such entity' USING ERRCODE = 'DK011', COLUMN = 'entity';
    ELSIF NOT has_column_privilege(relation, 'lease_token', 'UPDATE') THEN
        RAISE EXCEPTION 'this machine may not write such rows' USING ERRCODE = '42501';
    ELSIF jsonb_typeof(rows) IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'rows are an array' USING ERRCODE = 'DK019', COLUMN = 'rows';
    ELSIF jsonb_array_length(rows) > most THEN
        RAISE EXCEPTION 'too many rows for one call' USING ERRCODE = 'DK019', COLUMN = 'rows';
    ELSIF EXISTS (
        SELECT FROM jsonb_array_elements(rows) AS e (item) WHERE (
            item ->> 'id' ~ number AND item ->> 'row_version' ~ number
            AND coalesce(item ->> 'lease_token', '0') ~ number
            AND coalesce(item ->> 'save_id', gen_random_uuid()::text) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            AND jsonb_typeof(item -> 'values') = 'object' AND item -> 'values' <> '{}'
        ) IS NOT TRUE
    ) THEN
        RAISE EXCEPTION 'a row is an object with id, row_version, save_id and values'
            USING ERRCODE = 'DK019', COLUMN = 'rows';
    END IF;

    FOR given IN
        SELECT (item ->> 'id')::bigint AS row_id, (item ->> 'row_version')::bigint AS version,
            (item ->> 'save_id')::uuid AS save_id, (item ->> 'lease_token')::bigint AS token, item -> 'values' AS new
        FROM jsonb_array_elements(rows) WITH ORDINALITY AS e (item, place)
        ORDER BY (item ->> 'id')::bigint, place
    LOOP
        id := given.row_id;
        state := 'ok';
        sqlstate := NULL;
        field := NULL;
        row_version := NULL;
        before := NULL;
        machine := NULL;
        person := NULL;
        locked := NULL;
        BEGIN
            IF clock_timestamp() > until THEN
                RAISE EXCEPTION 'the rows before took too long' USING ERRCODE = '55P03';
            END IF;
            names := ARRAY(SELECT jsonb_object_keys(given.new) ORDER BY 1);
            IF names IS DISTINCT FROM earlier_names THEN
                SELECT name INTO unknown FROM unnest(names) AS name
                WHERE name IN ('id', 'row_version', 'save_id', 'lease_token') OR NOT EXISTS (
                    SELECT FROM pg_attribute AS a
                    WHERE a.attrelid = relation AND a.attname::text = name AND a.attnum > 0 AND NOT a.attisdropped
                ) LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'no such field' USING ERRCODE = 'DK017', COLUMN = left(unknown, 63);
                END IF;
                SELECT format('SELECT to_jsonb(r) FROM (SELECT t.row_version%s FROM desk.%I AS t'
                    ' WHERE t.id = $1 FOR NO KEY UPDATE) AS r', string_agg(format(', t.%I', name), ''), save_rows.entity)
                INTO lock_row FROM unnest(names) AS name WHERE has_column_privilege(relation, name, 'SELECT');
                SELECT format('UPDATE desk.%1$I AS t SET %2$s, save_id = $2, lease_token = $3, row_version = $4'
                    ' FROM jsonb_populate_record(NULL::desk.%1$I, $1) AS new WHERE t.id = $5 RETURNING t.row_version',
                    save_rows.entity, string_agg(format('%1$I = new.%1$I', name), ', '))
                INTO save_row FROM unnest(names) AS name;
                earlier_names := names;
            END IF;
            EXECUTE lock_row INTO locked USING given.row_id;
            IF locked IS NULL THEN
                RAISE EXCEPTION 'no such row' USING ERRCODE = 'DK018';
            END IF;
            EXECUTE save_row INTO row_version
            USING given.new, given.save_id, given.token, given.version + 1, given.row_id;
            before := locked - 'row_version';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS refused = RETURNED_SQLSTATE, field = COLUMN_NAME, table_name = TABLE_NAME,
                constraint_name = CONSTRAINT_NAME, saved_id = PG_DATATYPE_NAME;
            IF left(refused, 2) IN ('53', '57', '58', 'F0', 'XX') THEN
                RAISE; -- nothing that the row is to blame for
            END IF;
            state := 'failed';
        END;
        IF state = 'failed' THEN
            row_version := (locked ->> 'row_version')::bigint;
            IF refused = 'DK001' AND table_name = save_rows.entity AND saved_id = id::text THEN
                state := 'already';
            ELSE
                sqlstate := refused;
            END IF;
            field := coalesce(nullif(field, ''), nullif(regexp_replace(
                regexp_replace(constraint_name, format('^(fk|uq|ck)_%s_', table_name), ''), '_length$', ''), ''));
            IF refused = 'DK002' THEN
                SELECT held.machine, staff.name INTO machine, person
                FROM desk.edit_lease AS held LEFT JOIN desk.staff ON staff.id = held.person_id
                WHERE held.entity = save_rows.entity AND held.entity_id = given.row_id;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION desk.save_rows(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.save_rows(text, jsonb) TO desk_full;
