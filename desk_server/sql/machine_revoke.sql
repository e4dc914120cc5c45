-- Takes a machine's access away, whatever else is being done to it: no lease of anybody's and no version that has moved
-- on meanwhile holds this off. The rest is desk.machine_set's: the last administrator, the codes, the notice.
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.edit_lease TO desk_roles;

CREATE OR REPLACE FUNCTION desk.machine_revoke(name text, save_id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
AS $$
#variable_conflict use_column
DECLARE
    old desk.machine;
    machine_row bigint;
BEGIN
    PERFORM desk.machine_lock(machine_revoke.name, true); -- from here on the version stays
    SELECT m.* INTO old FROM desk.machine AS m WHERE m.name = machine_revoke.name;
    IF old.id IS NULL THEN
        PERFORM desk.refuse('DK018', 'no such machine', 'name');
    END IF;
    -- Over for whoever has it, and a row that is ours until the end of this transaction: nobody takes it in between.
    FOR attempt IN 1..4 LOOP
        BEGIN
            INSERT INTO desk.edit_lease (entity, entity_id, machine, session, token, taken_at, beat_at, expires_at)
            VALUES ('machine', old.id, '', gen_random_uuid(), 0, '-infinity', '-infinity', '-infinity')
            ON CONFLICT (entity, entity_id) DO UPDATE SET expires_at = '-infinity';
            EXIT;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN -- it is taken just now, by the machine itself
            IF attempt = 4 THEN
                RAISE;
            END IF;
            PERFORM desk.machine_unblock(machine_revoke.name);
        END;
    END LOOP;
    machine_row := desk.machine_set(
        machine_revoke.name, 'none', NULL::text[], old.note, machine_revoke.save_id, NULL::bigint, old.row_version
    );
    DELETE FROM desk.edit_lease AS l WHERE l.entity = 'machine' AND l.entity_id = old.id;
    RETURN machine_row;
END
$$;

ALTER FUNCTION desk.machine_revoke(text, uuid) OWNER TO desk_roles;
REVOKE ALL ON FUNCTION desk.machine_revoke(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.machine_revoke(text, uuid) TO desk_admin;
