-- Who is at work: the machine is proved (session_user), the person and the program's version are stated.
-- Every trigger asks anew; nothing is cached.
-- Functions with a query in them are plpgsql even where one statement is all: it keeps the plan for the session, while
-- an SQL function is planned anew by every statement that calls it. Those that take rows in arrays say
-- force_generic_plan: by its own estimates PostgreSQL would plan them anew for each save.
-- No literal holds a backslash unless it is E'...': a session may have standard_conforming_strings off, and reads the
-- others differently then.

CREATE FUNCTION desk.is_machine() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.starts_with(session_user::text, 'm_');

CREATE FUNCTION desk.current_machine() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN pg_catalog.starts_with(session_user::text, 'm_')
    THEN pg_catalog.substr(session_user::text, 3) ELSE session_user::text END;

-- Inside a definer function current_user is the owner, so the role that was SET is what counts.
CREATE FUNCTION desk.is_importing() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.current_setting('role') = 'desk_import';

-- The import may go its own way with a row only while that row came from an import and no machine has edited it.
CREATE FUNCTION desk.is_imported(old_row jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(old_row ->> 'origin', 'import') IN ('import', 'seed')
    AND NOT coalesce((old_row ->> 'touched')::boolean, false);

-- Whether there is anything to see in a text: white space and letters without any width are nothing.
CREATE FUNCTION desk.has_text(given text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN given ~ E'[^[:space:]\u200b-\u200d\u2060\ufeff]';

CREATE FUNCTION desk.refuse(state text, message text, field text DEFAULT '') RETURNS void
LANGUAGE plpgsql PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, COLUMN = field;
END
$$;

-- The person at this machine: the stated one where it is bound to the machine, else the only one bound.
-- Null where no machine is at work (the owner, an import).
CREATE FUNCTION desk.current_person() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stated text := nullif(current_setting('desk.person', true), '');
    person bigint;
    people bigint;
BEGIN
    IF NOT desk.is_machine() THEN
        RETURN NULL;
    END IF;
    SELECT min(staff.id) FILTER (WHERE stated IS NULL OR staff.code = stated), count(*)
    INTO person, people
    FROM desk.machine
    JOIN desk.machine_person ON machine_person.machine_id = machine.id
    JOIN desk.staff ON staff.id = machine_person.staff_id
    WHERE machine.name = desk.current_machine();
    IF person IS NULL THEN
        PERFORM desk.refuse('DK015', 'the stated person is not bound to this machine');
    ELSIF stated IS NULL AND people > 1 THEN
        PERFORM desk.refuse('DK015', 'several people use this machine and none was stated');
    END IF;
    RETURN person;
END
$$;

-- The client's session: desk.session, so that a reconnect keeps its leases; else this very connection.
CREATE FUNCTION desk.current_session() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        nullif(current_setting('desk.session', true), '')::uuid,
        md5(session_user || ' ' || pg_backend_pid() || ' ' || pg_postmaster_start_time())::uuid
    )
$$;
