-- What desk.machine_set writes through; it runs as desk_roles, who is no superuser.
REVOKE ALL ON desk.machine_certificate FROM desk_roles;
GRANT SELECT, INSERT, UPDATE ON desk.machine TO desk_roles;
GRANT SELECT, INSERT, DELETE ON desk.machine_person TO desk_roles;
GRANT SELECT ON desk.staff, desk.machine_certificate TO desk_roles;
DROP FUNCTION IF EXISTS desk.machine_set(text, text, text[], numeric, timestamptz); -- of an earlier version

-- The login role of a machine, as the table has it: made where it is missing, its group, its limits.
CREATE OR REPLACE FUNCTION desk.machine_role_sync(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role_name text := 'm_' || machine_role_sync.name;
    level text;
    group_name text;
BEGIN
    SELECT CASE WHEN m.deleted_at IS NULL THEN m.level ELSE 'none' END INTO STRICT level
    FROM desk.machine AS m WHERE m.name = machine_role_sync.name;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
    FOREACH group_name IN ARRAY ARRAY['desk_query', 'desk_full', 'desk_admin'] LOOP
        IF group_name <> 'desk_' || level AND EXISTS (
            SELECT FROM pg_auth_members AS g
            WHERE g.roleid = group_name::regrole AND g.member = quote_ident(role_name)::regrole
        ) THEN
            EXECUTE format('REVOKE %I FROM %I', group_name, role_name);
        END IF;
    END LOOP;
    IF level = 'none' THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN', role_name);
        RETURN;
    END IF;
    IF EXISTS ( -- given by somebody else, and not ours to take: better refused than thought done
        SELECT FROM pg_auth_members AS g
        WHERE g.member = quote_ident(role_name)::regrole AND g.roleid <> ('desk_' || level)::regrole
    ) THEN
        RAISE EXCEPTION 'the role % has rights that the desk did not give; run: desk-server roles sync', role_name
            USING ERRCODE = '0LP01';
    END IF;
    EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', 'desk_' || level, role_name);
    EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT 8', role_name);
    -- on the machine's own role: a group's settings do not reach its members
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', role_name, '30s');
    EXECUTE format('ALTER ROLE %I SET transaction_timeout = %L', role_name, '60s');
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', role_name, '30s');
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', role_name, '2s');
    EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
    EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog, desk', role_name);
    -- the one that a machine can't change: messages quote values, and the server's log is read by others
    EXECUTE format('ALTER ROLE %I SET log_min_messages = %L', role_name, 'fatal');
END
$$;

-- Who sits there; each is known, and there is at least one.
CREATE OR REPLACE FUNCTION desk.machine_people_set(machine_row bigint, people text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(people) > 100 THEN
        PERFORM desk.refuse('23514', 'too many people', 'people');
    ELSIF EXISTS (
        SELECT FROM unnest(people) AS p (code)
        WHERE NOT EXISTS (SELECT FROM desk.staff AS s WHERE s.code = p.code AND s.deleted_at IS NULL)
    ) THEN
        PERFORM desk.refuse('23503', 'a person is unknown', 'people');
    END IF;
    DELETE FROM desk.machine_person AS mp WHERE mp.machine_id = machine_row
        AND mp.staff_id NOT IN (SELECT s.id FROM desk.staff AS s WHERE s.code = ANY (people));
    INSERT INTO desk.machine_person (machine_id, staff_id)
    SELECT machine_row, s.id FROM desk.staff AS s WHERE s.code = ANY (people)
    ON CONFLICT DO NOTHING;
END
$$;

-- Whether an administrator's machine can still get in.
CREATE OR REPLACE FUNCTION desk.has_admin_machine() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM desk.machine AS m JOIN desk.machine_certificate AS c ON c.machine_id = m.id
        WHERE m.level = 'admin' AND m.deleted_at IS NULL
            AND c.replaced_at IS NULL AND c.not_after > clock_timestamp()
    );
END
$$;

-- Ends whoever may hold up the change of a machine: its own sessions, and those that hand in codes, which say nothing of
-- themselves. Who comes back at once finds the lock taken.
CREATE OR REPLACE FUNCTION desk.machine_unblock(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    PERFORM desk.machine_sessions_end(machine_unblock.name);
    -- chosen first, ended then: see desk.machine_sessions_end
    PERFORM pg_terminate_backend(e.pid) FROM (
        SELECT a.pid FROM pg_stat_activity AS a
        WHERE a.usename = 'desk_enrol' AND a.datname = current_database() AND a.backend_type = 'client backend'
        OFFSET 0
    ) AS e;
END
$$;

-- Locks the machine, and all administrators': whoever changes a machine waits here for whoever changes one of those. Two
-- who take each other's level away must see what the other did, and who lost his own meanwhile goes no further.
-- Where the level falls, the machine can't hold that up: whoever is in the way is ended, and the next try follows.
CREATE OR REPLACE FUNCTION desk.machine_lock(name text, is_falling boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    FOR attempt IN 1..4 LOOP
        BEGIN
            PERFORM FROM desk.machine AS m WHERE m.name = machine_lock.name OR m.level = 'admin'
            ORDER BY m.id FOR NO KEY UPDATE;
            EXIT;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            IF NOT is_falling OR attempt = 4 THEN
                RAISE;
            END IF;
            PERFORM desk.machine_unblock(machine_lock.name);
        END;
    END LOOP;
    IF desk.is_machine() AND NOT EXISTS (
        SELECT FROM desk.machine AS m
        WHERE m.name = substr(session_user, 3) AND m.level = 'admin' AND m.deleted_at IS NULL
    ) THEN
        PERFORM desk.refuse('42501', 'this machine is no administrator''s any more');
    END IF;
END
$$;

-- What follows from a machine's level: its role, and what it came in by or gave out at the level before.
CREATE OR REPLACE FUNCTION desk.machine_level_follow(machine_row bigint, was_admin boolean, is_falling boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    now_is desk.machine;
BEGIN
    SELECT m.* INTO STRICT now_is FROM desk.machine AS m WHERE m.id = machine_row;
    FOR attempt IN 1..4 LOOP
        BEGIN
            PERFORM desk.machine_role_sync(now_is.name);
            IF is_falling OR now_is.level = 'none' THEN
                PERFORM desk.enrolment_withdraw(machine_row);
            END IF;
            IF now_is.level = 'none' THEN
                PERFORM desk.certificates_end(machine_row);
            END IF;
            IF was_admin AND now_is.level <> 'admin' THEN
                PERFORM desk.enrolment_withdraw_by(machine_row);
            END IF;
            EXIT;
        -- the last of these: a role that its machine has changed just now
        EXCEPTION WHEN lock_not_available OR deadlock_detected OR internal_error THEN
            IF NOT is_falling OR attempt = 4 THEN
                RAISE;
            END IF;
            PERFORM desk.machine_unblock(now_is.name);
        END;
    END LOOP;
END
$$;

-- Makes a machine or changes it: its row, its people, its login role, in one transaction. Ending live sessions is
-- the caller's second transaction (desk.machine_sessions_end).
-- A machine's session states save_id, lease_token and the row_version that it read (null: a new machine), for the same
-- guard as every form; what it states is the whole form, except that people null leaves them. From the server's shell,
-- where there is no guard, null leaves whatever it stands for, and who is not there is made.
CREATE OR REPLACE FUNCTION desk.machine_set(
    name text, level text, people text[], note text DEFAULT NULL,
    save_id uuid DEFAULT NULL, lease_token bigint DEFAULT NULL, row_version bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms' -- at the server's shell too: else it would wait for ever
AS $$
#variable_conflict use_column
DECLARE
    by_machine boolean := desk.is_machine();
    wanted text := nullif(btrim(machine_set.note), '');
    levels CONSTANT text[] := ARRAY['none', 'query', 'full', 'admin'];
    old desk.machine;
    is_falling boolean;
    machine_row bigint;
BEGIN
    IF machine_set.name IS NULL OR machine_set.name !~ '^[a-z0-9][a-z0-9-]{0,39}$' THEN
        PERFORM desk.refuse('23514', 'not a machine name', 'name');
    ELSIF machine_set.level NOT IN ('none', 'query', 'full', 'admin') THEN
        PERFORM desk.refuse('23514', 'not a level', 'level');
    ELSIF length(machine_set.note) > 2000 THEN
        PERFORM desk.refuse('DK019', 'this text is too long', 'note');
    ELSIF machine_set.people = '{}' THEN
        PERFORM desk.refuse('DK010', 'a machine needs at least one person', 'people');
    END IF;

    is_falling := EXISTS (
        SELECT FROM desk.machine AS m WHERE m.name = machine_set.name
            AND array_position(levels, machine_set.level) < array_position(levels, m.level)
    );
    PERFORM desk.machine_lock(machine_set.name, is_falling);
    SELECT m.* INTO old FROM desk.machine AS m WHERE m.name = machine_set.name;

    IF old.id IS NULL OR (by_machine AND machine_set.row_version IS NULL) THEN
        IF machine_set.row_version IS NOT NULL THEN
            PERFORM desk.refuse('DK018', 'no such machine', 'name');
        -- the audit names a machine without its m_: another role's name would be a mask
        ELSIF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = machine_set.name) THEN
            PERFORM desk.refuse('DK022', 'a role has this name', 'name');
        ELSIF machine_set.level IS NULL THEN
            PERFORM desk.refuse('DK010', 'a machine needs a level', 'level');
        ELSIF machine_set.people IS NULL THEN
            PERFORM desk.refuse('DK010', 'a machine needs at least one person', 'people');
        END IF;
        INSERT INTO desk.machine (name, level, level_since, note, save_id)
        VALUES (machine_set.name, machine_set.level, 'epoch', wanted, machine_set.save_id)
        RETURNING id INTO machine_row;
    ELSE
        UPDATE desk.machine AS m SET
            level = coalesce(machine_set.level, m.level),
            -- sessions from before are ended; where the level rises, nobody is disturbed
            level_since = CASE
                WHEN array_position(levels, machine_set.level) < array_position(levels, m.level) THEN clock_timestamp()
                ELSE m.level_since
            END,
            note = CASE WHEN by_machine OR machine_set.note IS NOT NULL THEN wanted ELSE m.note END,
            deleted_at = CASE WHEN by_machine THEN m.deleted_at END,
            save_id = machine_set.save_id,
            lease_token = machine_set.lease_token,
            row_version = CASE WHEN by_machine THEN machine_set.row_version + 1 ELSE m.row_version END
        WHERE m.id = old.id
        RETURNING m.id INTO machine_row;
    END IF;
    IF machine_set.people IS NOT NULL THEN
        PERFORM desk.machine_people_set(machine_row, machine_set.people);
    END IF;
    IF by_machine AND old.level = 'admin' AND NOT desk.has_admin_machine() THEN
        PERFORM desk.refuse('DK021', 'no administrator would be left', 'level');
    END IF;

    PERFORM desk.machine_level_follow(machine_row, old.level = 'admin', is_falling);
    IF machine_set.level <> old.level THEN
        PERFORM desk.enrolment_withdraw(machine_row); -- a code lets in at the level it was given out for
        NOTIFY desk_worker, 'sessions';
    END IF;
    RETURN machine_row;
END
$$;

DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOREACH routine IN ARRAY ARRAY[
        'desk.machine_role_sync(text)', 'desk.machine_people_set(bigint, text[])', 'desk.has_admin_machine()',
        'desk.machine_unblock(text)', 'desk.machine_lock(text, boolean)',
        'desk.machine_level_follow(bigint, boolean, boolean)',
        'desk.machine_set(text, text, text[], text, uuid, bigint, bigint)'
    ]::regprocedure[] LOOP
        EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO desk_roles', routine);
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION desk.machine_set(text, text, text[], text, uuid, bigint, bigint) TO desk_admin;
