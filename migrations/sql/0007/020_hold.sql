-- Taking a lease, keeping it by signs of life, giving it up. Machine and session are who holds it; a token that was
-- told once counts for its machine until the lease is another's. desk.session_started is bootstrap's (sql/leases.sql).

-- Takes the lease, or takes it again, or answers who has it. The token is told to its holder alone.
-- A question that was put to this session stays; who takes over an ended lease starts without one.
DROP FUNCTION desk.lease_take(text, bigint);
CREATE FUNCTION desk.lease_take(stated_entity text, stated_id bigint)
RETURNS TABLE (
    machine text, person text, taken_at timestamptz, beat_at timestamptz, expires_at timestamptz, token bigint,
    is_mine boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me text := desk.current_machine();
    mine uuid := desk.current_session();
    who bigint := desk.current_person();
    lasts interval := desk.setting_seconds('lease_seconds', 60);
    began timestamptz := desk.session_started();
    moment timestamptz;
BEGIN
    PERFORM desk.check_leasable(stated_entity, stated_id);
    FOR attempt IN 1 .. 5 LOOP
        -- Without a lock: who only learns whose it is holds up nobody.
        RETURN QUERY
        SELECT held.machine, staff.name, held.taken_at, held.beat_at, held.expires_at, NULL::bigint, false
        FROM desk.edit_lease AS held LEFT JOIN desk.staff ON staff.id = held.person_id
        WHERE held.entity = stated_entity AND held.entity_id = stated_id AND held.expires_at > clock_timestamp()
            AND NOT (held.machine = me AND held.session = mine);
        IF FOUND THEN
            RETURN;
        END IF;
        -- A save that is under way found the row free, and may leave no trace of it: it ends first. Else what it writes
        -- would appear under this lease.
        EXECUTE format('SELECT FROM desk.%I WHERE id = $1 FOR SHARE', stated_entity) USING stated_id;
        moment := clock_timestamp();
        RETURN QUERY
        WITH taken AS (
            INSERT INTO desk.edit_lease AS held (
                entity, entity_id, machine, person_id, session, token, taken_at, beat_at, expires_at,
                holder_pid, holder_started
            )
            VALUES (
                stated_entity, stated_id, me, who, mine, nextval('desk.lease_token'), moment, moment, moment + lasts,
                pg_backend_pid(), began
            )
            ON CONFLICT (entity, entity_id) DO UPDATE SET
                machine = excluded.machine,
                person_id = excluded.person_id,
                session = excluded.session,
                token = nextval('desk.lease_token'), -- anew: while this waited, another may have had a higher one
                taken_at = CASE
                    WHEN held.machine = me AND held.session = mine AND held.expires_at > moment THEN held.taken_at
                    ELSE excluded.taken_at
                END,
                beat_at = excluded.beat_at,
                expires_at = excluded.expires_at,
                holder_pid = excluded.holder_pid,
                holder_started = excluded.holder_started,
                (asked_machine, asked_person_id, asked_session, asked_at, answered_at) = (
                    SELECT held.asked_machine, held.asked_person_id, held.asked_session, held.asked_at, held.answered_at
                    WHERE held.machine = me AND held.session = mine AND held.expires_at > moment
                )
            WHERE held.expires_at <= clock_timestamp() OR (held.machine = me AND held.session = mine)
            RETURNING held.*
        )
        SELECT taken.machine, staff.name, taken.taken_at, taken.beat_at, taken.expires_at, taken.token, true
        FROM taken LEFT JOIN desk.staff ON staff.id = taken.person_id;
        IF FOUND THEN
            RETURN;
        END IF;
        -- Another was quicker: look whose it is.
    END LOOP;
    PERFORM desk.refuse('55P03', 'the lease changes hands too quickly');
END
$$;

-- A sign of life for all leases of a client at once, in the order of what was stated. An ended lease that nobody took
-- goes on. Where it is not this machine's any more, whose it is now: machine null where nobody's. Who asks for it is
-- told until he is answered.
CREATE FUNCTION desk.lease_beat(entities text[], ids bigint[], tokens bigint[])
RETURNS TABLE (
    entity text, entity_id bigint, is_mine boolean, machine text, person text, taken_at timestamptz,
    expires_at timestamptz, asked_machine text, asked_person text, asked_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me text := desk.current_machine();
    lasts interval := desk.setting_seconds('lease_seconds', 60);
    began timestamptz := desk.session_started();
    moment timestamptz;
BEGIN
    IF (cardinality(entities) = cardinality(ids) AND cardinality(entities) = cardinality(tokens)) IS NOT TRUE THEN
        PERFORM desk.refuse('22023', 'as many ids and tokens as entities');
    ELSIF cardinality(entities) > 1000 THEN
        PERFORM desk.refuse('22023', 'too many leases at once');
    END IF;
    -- All in one order, so that two who beat, or one who saves many rows, never wait for each other.
    PERFORM FROM desk.edit_lease AS held
    JOIN unnest(entities, ids, tokens) AS stated (entity, id, token)
        ON held.entity = stated.entity AND held.entity_id = stated.id AND held.token = stated.token
    WHERE held.machine = me
    ORDER BY held.entity, held.entity_id FOR NO KEY UPDATE OF held;
    moment := clock_timestamp();
    UPDATE desk.edit_lease AS held SET
        beat_at = moment, expires_at = moment + lasts, holder_pid = pg_backend_pid(), holder_started = began
    FROM unnest(entities, ids, tokens) AS stated (entity, id, token)
    WHERE held.entity = stated.entity AND held.entity_id = stated.id AND held.token = stated.token
        AND held.machine = me;
    RETURN QUERY
    SELECT stated.entity, stated.id, is_held.is_mine, held.machine, holder.name, held.taken_at, held.expires_at,
        asked.machine, asked.person, asked.at
    FROM unnest(entities, ids, tokens) WITH ORDINALITY AS stated (entity, id, token, place)
    LEFT JOIN desk.edit_lease AS held
        ON held.entity = stated.entity AND held.entity_id = stated.id AND held.expires_at > moment
    LEFT JOIN desk.staff AS holder ON holder.id = held.person_id
    CROSS JOIN LATERAL (
        SELECT coalesce(held.machine = me AND held.token = stated.token, false) AS is_mine
    ) AS is_held
    LEFT JOIN LATERAL (
        SELECT held.asked_machine AS machine, staff.name AS person, held.asked_at AS at
        FROM (VALUES (held.asked_person_id)) AS question (person_id)
        LEFT JOIN desk.staff ON staff.id = question.person_id
        WHERE is_held.is_mine AND held.answered_at IS NULL
    ) AS asked ON true
    ORDER BY stated.place;
END
$$;

-- Gives up all leases of this session (not of the machine's other windows); how many it were.
CREATE FUNCTION desk.lease_release_all() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    me text := desk.current_machine();
    mine uuid := desk.current_session();
    given_up int;
BEGIN
    PERFORM FROM desk.edit_lease AS held WHERE held.machine = me AND held.session = mine
    ORDER BY held.entity, held.entity_id FOR UPDATE;
    DELETE FROM desk.edit_lease AS held WHERE held.machine = me AND held.session = mine;
    GET DIAGNOSTICS given_up = ROW_COUNT;
    RETURN given_up;
END
$$;
