-- A question is told to its holder only once it is committed, which may be long after it was put. So its time counts
-- from the first sign of life after that: a live holder gives one at the notice of the question, and at each heartbeat
-- at the latest; from one who gives none the lease ends by itself.

ALTER TABLE desk.edit_lease ADD COLUMN told_at timestamptz;
GRANT SELECT (told_at) ON desk.edit_lease TO desk_query;

-- Whoever puts a question has the lease's row locked until his commit: a sign of life that gets through has seen it.
CREATE FUNCTION desk.note_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.asked_at IS NULL THEN
        NEW.told_at := NULL;
    ELSIF NEW.told_at IS NULL AND NEW.beat_at <> OLD.beat_at THEN
        NEW.told_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION desk.note_told() FROM PUBLIC;
CREATE TRIGGER note_told BEFORE UPDATE ON desk.edit_lease FOR EACH ROW EXECUTE FUNCTION desk.note_told();

-- As before, and: the time of a question counts from when it was told; before that, take_over_at is the earliest that
-- it can be.
CREATE OR REPLACE FUNCTION desk.lease_ask(stated_entity text, stated_id bigint)
RETURNS TABLE (
    machine text, person text, taken_at timestamptz, beat_at timestamptz, expires_at timestamptz,
    asked_machine text, asked_at timestamptz, answered_at timestamptz, take_over_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me text := desk.current_machine();
    mine uuid := desk.current_session();
    who bigint := desk.current_person();
    waits interval := desk.setting_seconds('lease_ask_seconds', 30);
    stands interval := waits + desk.setting_seconds('lease_seconds', 60);
    moment timestamptz;
BEGIN
    PERFORM desk.check_leasable(stated_entity, stated_id);
    moment := clock_timestamp();
    UPDATE desk.edit_lease AS held SET
        asked_machine = me, asked_person_id = who, asked_session = mine, asked_at = moment, answered_at = NULL,
        told_at = NULL
    WHERE held.entity = stated_entity AND held.entity_id = stated_id AND held.expires_at > moment
        AND NOT (held.machine = me AND held.session = mine)
        AND (
            held.asked_at IS NULL OR held.answered_at IS NOT NULL
            OR (coalesce(held.told_at, held.asked_at) + stands <= moment AND NOT (held.asked_machine = me AND held.asked_session = mine))
        );
    moment := clock_timestamp();
    RETURN QUERY
    SELECT held.machine, staff.name, held.taken_at, held.beat_at, held.expires_at, held.asked_machine, held.asked_at,
        held.answered_at,
        CASE
            WHEN held.expires_at <= moment THEN held.expires_at
            WHEN held.machine = me AND held.session = mine THEN moment
            WHEN pg_has_role(session_user, 'desk_admin', 'USAGE') THEN moment
            WHEN held.asked_machine = me AND held.asked_session = mine AND held.answered_at IS NULL
            THEN coalesce(held.told_at, held.asked_at) + waits
        END
    FROM desk.edit_lease AS held LEFT JOIN desk.staff ON staff.id = held.person_id
    WHERE held.entity = stated_entity AND held.entity_id = stated_id;
    IF NOT FOUND THEN
        take_over_at := moment;
        RETURN NEXT;
    END IF;
END
$$;

-- As before, and: only a question that was told counts.
CREATE OR REPLACE FUNCTION desk.take_over_reason(held desk.edit_lease) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN held.expires_at <= clock_timestamp() THEN 'expired'
        WHEN held.asked_machine = desk.current_machine() AND held.asked_session = desk.current_session()
            AND held.answered_at IS NULL
            AND held.told_at + desk.setting_seconds('lease_ask_seconds', 30) <= clock_timestamp()
        THEN 'unanswered'
        WHEN pg_has_role(session_user, 'desk_admin', 'USAGE') THEN 'admin'
    END;
END
$$;
