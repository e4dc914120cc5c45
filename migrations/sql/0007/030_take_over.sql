-- Another's lease: asking for it, answering, taking it over.

-- Puts a question to whoever holds the lease, and answers how it stands. One question at a time: the first asker's
-- holds until it is answered; left lying for a lease's length after he might have taken over, it is anybody's again.
-- Asked again, an open question of one's own goes on, an answered one begins anew. Nothing is asked where there is
-- nobody to ask; take_over_at says then that the lease may be taken.
CREATE FUNCTION desk.lease_ask(stated_entity text, stated_id bigint)
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
        asked_machine = me, asked_person_id = who, asked_session = mine, asked_at = moment, answered_at = NULL
    WHERE held.entity = stated_entity AND held.entity_id = stated_id AND held.expires_at > moment
        AND NOT (held.machine = me AND held.session = mine)
        AND (
            held.asked_at IS NULL OR held.answered_at IS NOT NULL
            OR (held.asked_at + stands <= moment AND NOT (held.asked_machine = me AND held.asked_session = mine))
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
            THEN held.asked_at + waits
        END
    FROM desk.edit_lease AS held LEFT JOIN desk.staff ON staff.id = held.person_id
    WHERE held.entity = stated_entity AND held.entity_id = stated_id;
    IF NOT FOUND THEN
        take_over_at := moment;
        RETURN NEXT;
    END IF;
END
$$;

-- The holder's answer: "still working", after which this question gives nobody the lease, or it is given up.
-- False where the lease is not this machine's under that token, or nobody asked.
CREATE FUNCTION desk.lease_answer(stated_entity text, stated_id bigint, stated_token bigint, keeps boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF keeps THEN
        UPDATE desk.edit_lease SET answered_at = clock_timestamp()
        WHERE entity = stated_entity AND entity_id = stated_id AND token = stated_token
            AND machine = desk.current_machine() AND asked_at IS NOT NULL;
        RETURN FOUND;
    END IF;
    RETURN desk.lease_release(stated_entity, stated_id, stated_token);
END
$$;

-- Why this session may take the lease over, null where it may not.
CREATE FUNCTION desk.take_over_reason(held desk.edit_lease) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN held.expires_at <= clock_timestamp() THEN 'expired'
        WHEN held.asked_machine = desk.current_machine() AND held.asked_session = desk.current_session()
            AND held.answered_at IS NULL
            AND held.asked_at < now() -- not in this very transaction, where its holder would never have heard of it
            AND held.asked_at + desk.setting_seconds('lease_ask_seconds', 30) <= clock_timestamp()
        THEN 'unanswered'
        WHEN pg_has_role(session_user, 'desk_admin', 'USAGE') THEN 'admin'
    END;
END
$$;

-- Takes another's lease over by the rules. It waits for a save that is under way; what that leaves is taken. The audit
-- has who lost it, who has it now and why.
CREATE FUNCTION desk.lease_take_over(stated_entity text, stated_id bigint)
RETURNS TABLE (
    machine text, person text, taken_at timestamptz, beat_at timestamptz, expires_at timestamptz, token bigint,
    is_mine boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held desk.edit_lease;
    reason text;
BEGIN
    PERFORM desk.check_leasable(stated_entity, stated_id);
    -- The row first, as every save has it: lease_take wants both.
    EXECUTE format('SELECT FROM desk.%I WHERE id = $1 FOR SHARE', stated_entity) USING stated_id;
    SELECT lease.* INTO held FROM desk.edit_lease AS lease
    WHERE lease.entity = stated_entity AND lease.entity_id = stated_id
        AND NOT (lease.machine = desk.current_machine() AND lease.session = desk.current_session())
    FOR UPDATE;
    IF FOUND THEN
        reason := desk.take_over_reason(held);
        IF reason IS NULL THEN
            PERFORM desk.refuse('DK023', 'its holder has not been asked, or has answered, or has time left to');
        END IF;
        -- Ended for the one, and still locked: nobody but this session takes it in between.
        UPDATE desk.edit_lease AS lease SET expires_at = '-infinity'
        WHERE lease.entity = stated_entity AND lease.entity_id = stated_id;
        PERFORM desk.write_audit_rows(
            'edit_lease', '{entity,entity_id}',
            ARRAY[jsonb_build_object(
                'entity', held.entity, 'entity_id', held.entity_id, 'machine', held.machine, 'person_id',
                held.person_id, 'taken_at', held.taken_at
            )],
            ARRAY[jsonb_build_object(
                'entity', held.entity, 'entity_id', held.entity_id, 'machine', desk.current_machine(), 'person_id',
                desk.current_person(), 'taken_at', clock_timestamp(), 'reason', reason
            )]
        );
    END IF;
    RETURN QUERY SELECT taken.* FROM desk.lease_take(stated_entity, stated_id) AS taken WHERE taken.is_mine;
    IF NOT FOUND THEN
        PERFORM desk.refuse('DK023', 'another was quicker');
    END IF;
END
$$;
