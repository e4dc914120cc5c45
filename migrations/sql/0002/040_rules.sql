-- The rules that forms, bulk edit, the API and psql all obey. On UPDATE they apply to the fields whose value changes
-- and to the transition made: a choice retired since, or a field required since, never locks an old row.

-- Fields without anything to see become null: {field: null} for each of them, null where there is none.
CREATE FUNCTION desk.blank_fields(row_values jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_object_agg(key, NULL) FROM jsonb_each(row_values)
        WHERE jsonb_typeof(value) = 'string' AND NOT desk.has_text(value #>> '{}')
    );
END
$$;

CREATE FUNCTION desk.without_blanks(custom jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(custom) WHERE desk.has_text(value #>> '{}')
    );
END
$$;

-- The new values of the fields that an UPDATE changes; of a new row all of them.
CREATE FUNCTION desk.changed_values(new_values jsonb, old_values jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF old_values IS NULL THEN
        RETURN new_values;
    END IF;
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(new_values) WHERE value <> old_values -> key
    );
END
$$;

-- The first broken rule of required fields and choices, in the order of the form. Only rules that lean on a changed
-- value can be broken.
CREATE FUNCTION desk.check_fields(checked text, new_values jsonb, old_values jsonb, changed jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    broken record;
BEGIN
    WITH given AS (
        SELECT rule.*, parent.choice_list AS parent_list,
            CASE WHEN rule.is_custom THEN new_values -> 'custom' ELSE new_values END ->> rule.field AS value,
            CASE WHEN rule.is_custom THEN old_values -> 'custom' ELSE old_values END ->> rule.field AS old_value,
            CASE WHEN parent.is_custom THEN new_values -> 'custom' ELSE new_values END ->> parent.field AS parent_value,
            CASE WHEN parent.is_custom THEN old_values -> 'custom' ELSE old_values END ->> parent.field AS old_parent
        FROM desk.field_rule AS rule
        LEFT JOIN desk.field_rule AS parent
            ON parent.entity = rule.entity AND parent.field = rule.depends_on AND parent.choice_list IS NOT NULL
        WHERE rule.entity = checked AND rule.deleted_at IS NULL
            AND (changed ?| ARRAY[rule.field, rule.depends_on, 'status', 'kind', 'custom'])
    ), judged AS (
        SELECT given.field, given.position, CASE
            WHEN given.value IS NULL THEN CASE
                WHEN given.is_required
                    AND (given.required_status IS NULL OR new_values ->> 'status' = ANY (given.required_status))
                    AND (given.required_kind IS NULL OR new_values ->> 'kind' = ANY (given.required_kind))
                    AND (
                        old_values IS NULL
                        OR given.old_value IS NOT NULL
                        OR given.required_status IS NOT NULL
                            AND new_values ->> 'status' IS DISTINCT FROM old_values ->> 'status'
                        OR given.required_kind IS NOT NULL
                            AND new_values ->> 'kind' IS DISTINCT FROM old_values ->> 'kind'
                    )
                THEN 'DK010' END
            WHEN given.choice_list IS NULL THEN NULL
            WHEN given.value IS DISTINCT FROM given.old_value AND (choice.id IS NULL OR choice.deleted_at IS NOT NULL)
                THEN 'DK011'
            WHEN given.value IS DISTINCT FROM given.old_value AND choice.retired_at IS NOT NULL
                THEN 'DK012'
            WHEN (given.value IS DISTINCT FROM given.old_value OR given.parent_value IS DISTINCT FROM given.old_parent)
                AND given.parent_value IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM desk.choice AS parent_choice
                    JOIN desk.dependent_choice ON dependent_choice.parent_id = parent_choice.id
                    WHERE parent_choice.list_code = given.parent_list AND parent_choice.code = given.parent_value
                        AND dependent_choice.child_id = choice.id
                )
                THEN 'DK013'
            END AS state
        FROM given
        LEFT JOIN desk.choice ON choice.list_code = given.choice_list AND choice.code = given.value
    )
    SELECT judged.field, judged.state, words.message INTO broken
    FROM judged
    JOIN (VALUES
        ('DK010', 'a required field is empty'),
        ('DK011', 'no such choice'),
        ('DK012', 'this choice was retired'),
        ('DK013', 'this choice does not go with the one that it depends on')
    ) AS words (state, message) ON words.state = judged.state
    ORDER BY judged.position, judged.field
    LIMIT 1;
    IF FOUND THEN
        PERFORM desk.refuse(broken.state, broken.message, broken.field);
    END IF;
END
$$;

-- What a changed reference points to must be there, neither deleted nor retired. "links" is {column, table, ...}.
CREATE FUNCTION desk.check_references(changed jsonb, links text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target bigint;
    found_row jsonb;
BEGIN
    FOR i IN 1 .. coalesce(array_length(links, 1), 0) BY 2 LOOP
        target := changed ->> links[i];
        CONTINUE WHEN target IS NULL;
        EXECUTE format(
            'SELECT jsonb_build_object(''deleted'', r.deleted_at %s) FROM desk.%I r WHERE r.id = $1',
            CASE links[i + 1] WHEN 'ticket' THEN '' ELSE ', ''retired'', r.retired_at' END,
            links[i + 1]
        ) INTO found_row USING target;
        IF found_row ->> 'deleted' IS NOT NULL AND links[i] = 'ticket_id' THEN
            PERFORM desk.refuse('DK018', 'the ticket was deleted', links[i]);
        ELSIF found_row IS NULL OR found_row ->> 'deleted' IS NOT NULL THEN
            PERFORM desk.refuse('23503', 'no such row, or it was deleted', links[i]);
        ELSIF found_row ->> 'retired' IS NOT NULL THEN
            PERFORM desk.refuse('DK012', 'this choice was retired', links[i]);
        END IF;
    END LOOP;
END
$$;

CREATE FUNCTION desk.check_past(field text, changed jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (changed ->> field)::timestamptz > clock_timestamp() THEN
        PERFORM desk.refuse('DK016', 'this time lies in the future', field);
    END IF;
END
$$;

-- Infinity, years before Christ and after 9999 are times to PostgreSQL alone: one of them in a list, and no client can
-- read that list any more. Columns of times are named ..._at or ..._on.
CREATE FUNCTION desk.check_times(changed jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    odd text;
BEGIN
    SELECT given.field INTO odd
    FROM jsonb_each_text(changed) AS given (field, value)
    WHERE given.field ~ '(^|_)(at|on)$' AND given.value !~ '^(19|20|21)[0-9]{2}-[-+.:0-9T]*$'
    LIMIT 1;
    IF FOUND THEN
        PERFORM desk.refuse('DK019', 'this time is out of range', odd);
    END IF;
END
$$;

-- Lengths, so that a form can show whatever is stored. Long texts of an import stay as they came.
CREATE FUNCTION desk.check_lengths(checked text, changed jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    too_long text;
BEGIN
    SELECT given.field INTO too_long
    FROM jsonb_each_text(changed) AS given (field, value)
    LEFT JOIN (VALUES
        ('ticket', 'subject', 300), ('ticket', 'serial', 100), ('ticket', 'next_step', 1000),
        ('customer', 'name', 300), ('customer', 'short_name', 100), ('customer', 'country', 100),
        ('contact', 'name', 300), ('contact', 'title', 300), ('contact', 'phone', 100), ('contact', 'mail', 300),
        ('complaint', 'subject', 300)
    ) AS longest (entity, field, letters) ON longest.entity = checked AND longest.field = given.field
    WHERE length(given.value) > coalesce(longest.letters, 100000)
    LIMIT 1;
    IF FOUND THEN
        PERFORM desk.refuse('DK019', 'this text is too long', too_long);
    END IF;
END
$$;

-- Arguments: the column that must not lie in the future ('' for none), then {column, table} of the references.
CREATE FUNCTION desk.check_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_values jsonb := to_jsonb(NEW);
    old_values jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
    changed jsonb := desk.changed_values(new_values, old_values);
    blank jsonb := desk.blank_fields(changed);
BEGIN
    IF jsonb_typeof(changed -> 'custom') = 'object' AND changed -> 'custom' <> '{}' THEN
        blank := coalesce(blank, '{}') || jsonb_build_object('custom', desk.without_blanks(changed -> 'custom'));
    END IF;
    IF blank IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, blank);
        new_values := new_values || blank;
        changed := changed || blank;
    END IF;
    IF desk.is_importing() AND desk.is_imported(coalesce(old_values, new_values)) THEN
        RETURN NEW;
    END IF;
    PERFORM desk.check_fields(TG_TABLE_NAME, new_values, old_values, changed);
    PERFORM desk.check_lengths(TG_TABLE_NAME, changed);
    PERFORM desk.check_references(changed, TG_ARGV[1:]);
    IF TG_ARGV[0] <> '' THEN
        PERFORM desk.check_past(TG_ARGV[0], changed);
    END IF;
    PERFORM desk.check_times(changed);
    RETURN NEW;
END
$$;

-- By its full name: an abbreviation, or an offset of one's own, is nothing that clients know as well.
CREATE FUNCTION desk.check_time_zone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (TG_OP = 'INSERT' OR NEW.time_zone IS DISTINCT FROM OLD.time_zone)
        AND NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = NEW.time_zone)
    THEN
        PERFORM desk.refuse('DK019', 'no such time zone', 'time_zone');
    END IF;
    RETURN NEW;
END
$$;
