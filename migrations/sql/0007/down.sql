-- Undo of 0007. The settings stay: nothing below reads them, and a site may have changed them.
DROP FUNCTION desk.lease_take_over(text, bigint);
DROP FUNCTION desk.take_over_reason(desk.edit_lease);
DROP FUNCTION desk.lease_answer(text, bigint, bigint, boolean);
DROP FUNCTION desk.lease_ask(text, bigint);
DROP FUNCTION desk.lease_release_all();
DROP FUNCTION desk.lease_beat(text[], bigint[], bigint[]);
DROP FUNCTION desk.lease_take(text, bigint);

CREATE FUNCTION desk.lease_take(stated_entity text, stated_id bigint)
RETURNS TABLE (machine text, person text, taken_at timestamptz, expires_at timestamptz, token bigint, is_mine boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me text := desk.current_machine();
    mine uuid := desk.current_session();
    who bigint := desk.current_person();
    lasts interval := desk.setting_seconds('lease_seconds', 60);
    moment timestamptz;
BEGIN
    PERFORM desk.check_leasable(stated_entity, stated_id);
    FOR attempt IN 1 .. 5 LOOP
        moment := clock_timestamp();
        RETURN QUERY
        WITH taken AS (
            INSERT INTO desk.edit_lease AS held (
                entity, entity_id, machine, person_id, session, token, taken_at, beat_at, expires_at
            )
            VALUES (
                stated_entity, stated_id, me, who, mine, nextval('desk.lease_token'),
                moment, moment, moment + lasts
            )
            ON CONFLICT (entity, entity_id) DO UPDATE SET
                machine = excluded.machine,
                person_id = excluded.person_id,
                session = excluded.session,
                token = nextval('desk.lease_token'),
                taken_at = CASE
                    WHEN held.machine = me AND held.session = mine AND held.expires_at > moment THEN held.taken_at
                    ELSE excluded.taken_at
                END,
                beat_at = excluded.beat_at,
                expires_at = excluded.expires_at
            WHERE held.expires_at <= clock_timestamp() OR (held.machine = me AND held.session = mine)
            RETURNING held.*
        )
        SELECT taken.machine, staff.name, taken.taken_at, taken.expires_at, taken.token, true
        FROM taken LEFT JOIN desk.staff ON staff.id = taken.person_id;
        IF FOUND THEN
            RETURN;
        END IF;
        RETURN QUERY
        SELECT held.machine, staff.name, held.taken_at, held.expires_at, NULL::bigint, false
        FROM desk.edit_lease AS held LEFT JOIN desk.staff ON staff.id = held.person_id
        WHERE held.entity = stated_entity AND held.entity_id = stated_id;
        IF FOUND THEN
            RETURN;
        END IF;
        -- It was given up between the two statements: try again.
    END LOOP;
    PERFORM desk.refuse('55P03', 'the lease changes hands too quickly');
END
$$;
REVOKE EXECUTE ON FUNCTION desk.lease_take(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.lease_take(text, bigint) TO desk_full;

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

ALTER TABLE desk.edit_lease
    DROP COLUMN holder_pid,
    DROP COLUMN holder_started,
    DROP COLUMN asked_machine,
    DROP COLUMN asked_person_id,
    DROP COLUMN asked_session,
    DROP COLUMN asked_at,
    DROP COLUMN answered_at;
