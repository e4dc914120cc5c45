-- Edit leases: who edits what. All times are the server's; a token only ever rises.

CREATE FUNCTION desk.setting_seconds(name text, otherwise bigint) RETURNS interval
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN make_interval(
        secs => coalesce((SELECT value::numeric FROM desk.setting WHERE key = name), otherwise)::float
    );
END
$$;

-- A lease is for who may save: none on rows that this machine can't write, where it would only be in the way.
CREATE FUNCTION desk.check_leasable(stated_entity text, stated_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := to_regclass(format('desk.%I', coalesce(stated_entity, '-')));
    is_deleted boolean;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'lease_token' AND NOT attisdropped
    ) THEN
        PERFORM desk.refuse('DK011', 'no such entity', 'entity');
    ELSIF NOT has_column_privilege(session_user, relation, 'lease_token', 'UPDATE') THEN
        PERFORM desk.refuse('42501', 'this machine may not write such rows', 'entity');
    END IF;
    EXECUTE format('SELECT deleted_at IS NOT NULL FROM desk.%I WHERE id = $1', stated_entity)
    INTO is_deleted USING stated_id;
    IF coalesce(is_deleted, true) THEN
        PERFORM desk.refuse('DK018', 'no such row, or it was deleted', 'entity_id');
    END IF;
END
$$;

-- Takes the lease, or takes it again, or answers who has it. The token is told to its holder alone.
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

-- Gives the lease up; false where it was not (or no longer) this machine's under that token.
CREATE FUNCTION desk.lease_release(stated_entity text, stated_id bigint, stated_token bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM desk.edit_lease
    WHERE entity = stated_entity AND entity_id = stated_id AND token = stated_token
        AND machine = desk.current_machine();
    RETURN FOUND;
END
$$;
