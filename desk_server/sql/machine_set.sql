-- What desk.machine_set writes through; it runs as desk_roles, who is no superuser.
GRANT SELECT, INSERT, UPDATE ON desk.machine TO desk_roles;
GRANT SELECT, INSERT, DELETE ON desk.machine_person TO desk_roles;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.machine_certificate TO desk_roles;
GRANT SELECT ON desk.staff TO desk_roles;

-- Enrols a machine or changes it: its row, its people, its certificate's serial and its login role, in one transaction.
-- people or serial null: they stay as they are. Ending live sessions is the caller's second transaction:
-- done in this one, a machine that reconnects in a loop slips in between.
CREATE OR REPLACE FUNCTION desk.machine_set(
    name text, level text, people text[], serial numeric, not_after timestamptz
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role_name text := 'm_' || machine_set.name;
    machine_row bigint;
    group_name text;
    missing text;
BEGIN
    IF machine_set.name !~ '^[a-z0-9][a-z0-9-]{0,39}$' THEN
        RAISE EXCEPTION 'not a machine name' USING ERRCODE = '23514', COLUMN = 'name';
    END IF;
    IF machine_set.level NOT IN ('none', 'query', 'full', 'admin') THEN
        RAISE EXCEPTION 'not a level' USING ERRCODE = '23514', COLUMN = 'level';
    END IF;

    INSERT INTO desk.machine AS m (name, level, save_id)
    VALUES (machine_set.name, machine_set.level, gen_random_uuid())
    ON CONFLICT ON CONSTRAINT uq_machine_name DO UPDATE
        SET level = excluded.level, deleted_at = NULL, save_id = excluded.save_id, row_version = m.row_version + 1
    RETURNING m.id INTO machine_row;

    IF machine_set.people IS NOT NULL THEN
        SELECT p.code INTO missing FROM unnest(machine_set.people) AS p (code)
        WHERE NOT EXISTS (SELECT FROM desk.staff AS s WHERE s.code = p.code AND s.deleted_at IS NULL);
        IF FOUND THEN
            RAISE EXCEPTION 'a person is unknown' USING ERRCODE = '23503', COLUMN = 'people';
        END IF;
        DELETE FROM desk.machine_person AS mp WHERE mp.machine_id = machine_row
            AND mp.staff_id NOT IN (SELECT s.id FROM desk.staff AS s WHERE s.code = ANY (machine_set.people));
        INSERT INTO desk.machine_person (machine_id, staff_id)
        SELECT machine_row, s.id FROM desk.staff AS s WHERE s.code = ANY (machine_set.people)
        ON CONFLICT DO NOTHING;
    END IF;

    IF machine_set.serial IS NOT NULL THEN
        INSERT INTO desk.machine_certificate AS c (machine_id, serial, not_after)
        VALUES (machine_row, machine_set.serial, machine_set.not_after)
        ON CONFLICT ON CONSTRAINT pk_machine_certificate DO UPDATE
            SET serial = excluded.serial, not_after = excluded.not_after, issued_at = clock_timestamp();
    END IF;

    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
    FOREACH group_name IN ARRAY ARRAY['desk_query', 'desk_full', 'desk_admin'] LOOP
        IF group_name <> 'desk_' || machine_set.level AND EXISTS (
            SELECT FROM pg_auth_members AS g
            WHERE g.roleid = group_name::regrole AND g.member = role_name::regrole
        ) THEN
            EXECUTE format('REVOKE %I FROM %I', group_name, role_name);
        END IF;
    END LOOP;
    IF machine_set.level = 'none' THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN', role_name);
        RETURN machine_row;
    END IF;
    EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', 'desk_' || machine_set.level, role_name);
    EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT 4', role_name);
    -- on the machine's own role: a group's settings do not reach its members
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', role_name, '30s');
    EXECUTE format('ALTER ROLE %I SET transaction_timeout = %L', role_name, '60s');
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', role_name, '30s');
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', role_name, '2s');
    EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
    EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog, desk', role_name);
    RETURN machine_row;
END
$$;
ALTER FUNCTION desk.machine_set(text, text, text[], numeric, timestamptz) OWNER TO desk_roles;
REVOKE ALL ON FUNCTION desk.machine_set(text, text, text[], numeric, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION desk.machine_set(text, text, text[], numeric, timestamptz) TO desk_admin;
