-- What an administrator may change beyond single rows, and what follows from it.

-- Makes the column grants of an entity follow its field rules. Only tables that have fields which may be private
-- are granted by column; of all others a query-only machine may read every column.
CREATE FUNCTION desk.apply_private_grants(entity_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    readable text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO readable
    FROM pg_attribute
    WHERE attrelid = to_regclass(format('desk.%I', entity_name)) AND attnum > 0 AND NOT attisdropped
        AND NOT desk.is_private(entity_name, attname);
    EXECUTE format('REVOKE SELECT ON desk.%I FROM desk_query', entity_name);
    EXECUTE format('GRANT SELECT (%s) ON desk.%I TO desk_query', readable, entity_name);
END
$$;

CREATE FUNCTION desk.follow_private() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids bigint[];
BEGIN
    PERFORM desk.apply_private_grants(NEW.entity);
    EXECUTE format('SELECT array_agg(id) FROM desk.%I', NEW.entity) INTO ids;
    PERFORM desk.index_rows(NEW.entity, ids);
    PERFORM desk.unindex_rows(NEW.entity, ids);
    RETURN NULL;
END
$$;

-- The matrices have no rows to retire, so these two put in or take out a pair; both leave their line in the audit.
CREATE FUNCTION desk.dependent_choice_set(parent bigint, child bigint, is_allowed boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF is_allowed THEN
        INSERT INTO desk.dependent_choice (parent_id, child_id) VALUES (parent, child) ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM desk.dependent_choice WHERE parent_id = parent AND child_id = child;
    END IF;
END
$$;

CREATE FUNCTION desk.release_hardware_set(release bigint, hardware_revision bigint, is_allowed boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF is_allowed AND NOT EXISTS (
        SELECT FROM desk.release AS r JOIN desk.hardware_revision AS h ON h.product_id = r.product_id
        WHERE r.id = release AND h.id = hardware_revision
    ) THEN
        PERFORM desk.refuse('DK013', 'release and hardware revision are not of one product', 'hardware_revision_id');
    ELSIF is_allowed THEN
        INSERT INTO desk.release_hardware (release_id, hardware_revision_id) VALUES (release, hardware_revision)
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM desk.release_hardware WHERE release_id = release AND hardware_revision_id = hardware_revision;
    END IF;
END
$$;

-- History, comments and the audit are only ever added to, by whomever.
CREATE FUNCTION desk.refuse_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.refuse('DK020', format('%s is only ever added to', TG_TABLE_NAME));
    RETURN NULL;
END
$$;

-- Lists that the program itself leans on (the status graph) get other labels and another order, but no other values.
CREATE FUNCTION desk.check_choice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.list_code, NEW.code) <> (OLD.list_code, OLD.code) THEN
        PERFORM desk.refuse('DK017', 'the code of a choice never changes: rows hold it', 'code');
    ELSIF desk.is_machine() AND EXISTS (SELECT FROM desk.choice_list WHERE code = NEW.list_code AND is_fixed)
        AND (TG_OP = 'INSERT' OR NEW.retired_at IS NOT NULL OR NEW.deleted_at IS NOT NULL)
    THEN
        PERFORM desk.refuse('DK017', 'the values of this list belong to the program', 'list_code');
    END IF;
    RETURN NEW;
END
$$;

-- The rules of built-in fields are the program's: they change their words, order and strictness, but neither go nor
-- come. A rule for a column that is not there could require it, and nothing could be saved any more.
CREATE FUNCTION desk.check_field_rule() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF desk.is_machine() AND NOT NEW.is_custom AND (TG_OP = 'INSERT' OR NEW.deleted_at IS NOT NULL) THEN
        PERFORM desk.refuse('DK017', 'the rules of built-in fields belong to the program', 'field');
    END IF;
    RETURN NEW;
END
$$;
