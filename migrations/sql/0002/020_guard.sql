-- The guard of every save: save_id, then lease, then version, in this order. It is a trigger and not part of the
-- statement, because one statement has one snapshot: a test of save_id beside the row lock lets duplicates through.

CREATE FUNCTION desk.use_save_id(used uuid, saved_entity text, saved_id bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done desk.save_done;
BEGIN
    IF used IS NULL THEN
        PERFORM desk.refuse('DK004', 'a save needs a save_id', 'save_id');
    END IF;
    -- Waits for a transaction that is using the same id just now.
    INSERT INTO desk.save_done (save_id, entity, entity_id) VALUES (used, saved_entity, saved_id)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO done FROM desk.save_done WHERE save_id = used;
    RAISE EXCEPTION 'this was saved already'
        USING ERRCODE = 'DK001', TABLE = done.entity, DATATYPE = done.entity_id::text;
END
$$;

-- A token counts only for the machine that holds it, also after its end while nobody has taken the lease.
-- Without a token a save passes where no other session holds a live lease.
CREATE FUNCTION desk.check_lease(saved_entity text, saved_id bigint, stated_token bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held desk.edit_lease;
    is_mine boolean;
BEGIN
    -- FOR SHARE: nobody takes the lease over until this save has ended.
    SELECT * INTO held FROM desk.edit_lease WHERE entity = saved_entity AND entity_id = saved_id FOR SHARE;
    IF NOT FOUND THEN
        IF stated_token IS NOT NULL THEN
            PERFORM desk.refuse('DK002', 'the edit lease was given up or taken over', 'lease_token');
        END IF;
        RETURN;
    END IF;
    is_mine := held.machine = desk.current_machine();
    IF stated_token IS NOT NULL THEN
        is_mine := is_mine AND held.token = stated_token;
    ELSE
        is_mine := held.expires_at <= clock_timestamp() OR (is_mine AND held.session = desk.current_session());
    END IF;
    IF NOT is_mine THEN
        PERFORM desk.refuse('DK002', 'another session holds the edit lease', 'lease_token');
    END IF;
END
$$;

CREATE FUNCTION desk.check_origin(stated text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (stated IN ('import', 'seed')) <> desk.is_importing() THEN
        PERFORM desk.refuse('DK017', 'origin is given by the desk', 'origin');
    END IF;
END
$$;

-- Arguments: 'editable' for tables with version and lease, 'origin' for tables with that column.
CREATE FUNCTION desk.guard_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF 'origin' = ANY (TG_ARGV) THEN
        PERFORM desk.check_origin(NEW.origin);
    END IF;
    IF desk.is_machine() THEN
        PERFORM desk.current_person();
        PERFORM desk.use_save_id(NEW.save_id, TG_TABLE_NAME, NEW.id);
        NEW.created_at := clock_timestamp();
    END IF;
    NEW.save_id := NULL;
    IF 'editable' = ANY (TG_ARGV) THEN
        NEW.lease_token := NULL;
        NEW.row_version := 1;
        NEW.deleted_at := NULL;
        IF desk.is_machine() THEN
            NEW.updated_at := NEW.created_at;
        END IF;
    END IF;
    RETURN NEW;
END
$$;

-- Maintenance by the owner, and the import on rows of its own, pass; their version rises by itself.
CREATE FUNCTION desk.guard_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF 'origin' = ANY (TG_ARGV) THEN -- an IF of its own: tables without the column could not even plan the next one
        IF NEW.origin <> OLD.origin THEN
            PERFORM desk.refuse('DK017', 'origin never changes', 'origin');
        END IF;
    END IF;
    IF NEW.id <> OLD.id THEN
        PERFORM desk.refuse('DK017', 'id never changes', 'id');
    END IF;
    IF desk.is_machine() OR (desk.is_importing() AND NOT desk.is_imported(to_jsonb(OLD))) THEN
        PERFORM desk.current_person();
        PERFORM desk.use_save_id(NEW.save_id, TG_TABLE_NAME, OLD.id);
        PERFORM desk.check_lease(TG_TABLE_NAME, OLD.id, NEW.lease_token);
        IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL THEN
            PERFORM desk.refuse('DK018', 'this row was deleted');
        END IF;
        IF NEW.row_version <> OLD.row_version + 1 THEN
            PERFORM desk.refuse('DK003', 'this row was changed in the meantime', 'row_version');
        END IF;
        NEW.created_at := OLD.created_at;
        NEW.deleted_at := CASE WHEN NEW.deleted_at IS NOT NULL THEN coalesce(OLD.deleted_at, clock_timestamp()) END;
        NEW.updated_at := clock_timestamp();
    ELSIF NEW.updated_at = OLD.updated_at THEN
        NEW.updated_at := clock_timestamp();
    END IF;
    NEW.row_version := OLD.row_version + 1;
    NEW.save_id := NULL;
    NEW.lease_token := NULL;
    RETURN NEW;
END
$$;

-- Machines are written by desk.machine_set alone, which is no edit of a form: no guard, but a version.
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
