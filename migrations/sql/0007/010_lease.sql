-- An edit lease knows by which connection its holder gave the last sign of life, and who asks for it.

ALTER TABLE desk.edit_lease
    ADD COLUMN holder_pid int,
    ADD COLUMN holder_started timestamptz,
    ADD COLUMN asked_machine text,
    ADD COLUMN asked_person_id bigint,
    ADD COLUMN asked_session uuid,
    ADD COLUMN asked_at timestamptz,
    ADD COLUMN answered_at timestamptz,
    ADD CONSTRAINT fk_edit_lease_asked_person_id FOREIGN KEY(asked_person_id) REFERENCES desk.staff (id);

-- How long a question goes unanswered before its asker may take the lease over; after how long without a key a client
-- gives a row back.
INSERT INTO desk.setting (key, value) VALUES ('lease_ask_seconds', '30'), ('lease_idle_seconds', '300')
ON CONFLICT (key) DO NOTHING;

GRANT SELECT (asked_machine, asked_at, answered_at) ON desk.edit_lease TO desk_query;

-- A save that states its lease's token ends the edit: the lease goes with it, without another round trip.
CREATE OR REPLACE FUNCTION desk.guard_update() RETURNS trigger
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
        IF NEW.lease_token IS NOT NULL THEN -- checked above, and locked since
            DELETE FROM desk.edit_lease
            WHERE entity = TG_TABLE_NAME AND entity_id = OLD.id AND token = NEW.lease_token;
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
