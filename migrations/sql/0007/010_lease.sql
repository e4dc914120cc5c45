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
        -- Null is no version that was read: compared alone it would pass.
        IF NEW.row_version IS NULL OR NEW.row_version <> OLD.row_version + 1 THEN
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

-- As before, and: who saves by an older snapshot (repeatable read, serializable) does not see a lease that was taken
-- since. So he tries to put one there himself, which PostgreSQL refuses (40001) where there is one.
CREATE OR REPLACE FUNCTION desk.check_lease(saved_entity text, saved_id bigint, stated_token bigint) RETURNS void
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
        ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
            INSERT INTO desk.edit_lease (entity, entity_id, machine, session, token, taken_at, beat_at, expires_at)
            VALUES (saved_entity, saved_id, '', gen_random_uuid(), 0, '-infinity', '-infinity', '-infinity')
            ON CONFLICT DO NOTHING;
            DELETE FROM desk.edit_lease WHERE entity = saved_entity AND entity_id = saved_id AND token = 0;
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
