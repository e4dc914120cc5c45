-- Machines are edited in a form like other entities: the same guard, the same leases.

-- When the level last changed: sessions that are older than that are ended. Those of before this revision are left.
ALTER TABLE desk.machine ADD COLUMN level_since timestamptz DEFAULT 'epoch' NOT NULL;
ALTER TABLE desk.machine ALTER COLUMN level_since SET DEFAULT clock_timestamp();

DROP TRIGGER a_version ON desk.machine;
DROP FUNCTION desk.raise_version();
CREATE TRIGGER a_guard_insert BEFORE INSERT ON desk.machine
    FOR EACH ROW EXECUTE FUNCTION desk.guard_insert('editable');
CREATE TRIGGER a_guard_update BEFORE UPDATE ON desk.machine
    FOR EACH ROW EXECUTE FUNCTION desk.guard_update();

-- As before, and: nobody may write machines but by desk.machine_set, which is an administrator's.
CREATE OR REPLACE FUNCTION desk.check_leasable(stated_entity text, stated_id bigint) RETURNS void
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
    ELSIF NOT has_column_privilege(session_user, relation, 'lease_token', 'UPDATE')
        AND NOT (stated_entity = 'machine' AND pg_has_role(session_user, 'desk_admin', 'USAGE'))
    THEN
        PERFORM desk.refuse('42501', 'this machine may not write such rows', 'entity');
    END IF;
    EXECUTE format('SELECT deleted_at IS NOT NULL FROM desk.%I WHERE id = $1', stated_entity)
    INTO is_deleted USING stated_id;
    IF coalesce(is_deleted, true) THEN
        PERFORM desk.refuse('DK018', 'no such row, or it was deleted', 'entity_id');
    END IF;
END
$$;
