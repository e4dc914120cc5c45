-- The machines' roles from the table, as after a restore. By the superuser alone: what somebody else has given to a
-- role, desk_roles can't take.

-- Whether a role is a machine's, or was one. A site's cluster may have roles of its own that begin with m_: those are
-- neither in a group of ours nor given to desk_roles, who makes ours.
CREATE OR REPLACE FUNCTION desk.is_machine_role(role_name text) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT role_name ~ '^m_' AND (
        EXISTS (SELECT FROM desk.machine AS m WHERE 'm_' || m.name = role_name)
        OR EXISTS (
            SELECT FROM pg_auth_members AS g
            JOIN pg_roles AS member ON member.oid = g.member
            JOIN pg_roles AS giving ON giving.oid = g.roleid
            WHERE (member.rolname = role_name AND giving.rolname ~ '^desk_')
                OR (giving.rolname = role_name AND member.rolname = 'desk_roles' AND g.admin_option)
        )
    )
$$;

-- All that makes a role what it is, to tell whether anything was changed.
CREATE OR REPLACE FUNCTION desk.role_state(role_name text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(
        ' ', r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls, r.rolinherit,
        r.rolconnlimit, r.rolvaliduntil, r.rolpassword IS NOT NULL,
        (SELECT string_agg(d.setdatabase || array_to_string(ARRAY(
            SELECT x FROM unnest(d.setconfig) AS x ORDER BY x), ','), ';' ORDER BY d.setdatabase)
         FROM pg_db_role_setting AS d WHERE d.setrole = r.oid),
        (SELECT string_agg(concat_ws(',', g.roleid, g.member, g.grantor, g.inherit_option, g.set_option, g.admin_option),
            ';' ORDER BY g.roleid, g.member, g.grantor)
         FROM pg_auth_members AS g WHERE r.oid IN (g.roleid, g.member)),
        (SELECT count(*) FROM pg_shdepend AS s
         WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'a')
    )
    FROM pg_authid AS r WHERE r.rolname = role_state.role_name
$$;

-- A role without anything that it was given by hand: what is left is a name, which desk_roles rules over.
CREATE OR REPLACE FUNCTION desk.role_strip(role_name text, kept_group text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    own oid := quote_ident(role_name)::regrole;
    held record;
BEGIN
    EXECUTE format(
        'ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT PASSWORD NULL', role_name
    );
    IF EXISTS (SELECT FROM pg_authid WHERE oid = own AND rolvaliduntil < 'infinity') THEN
        EXECUTE format('ALTER ROLE %I VALID UNTIL ''infinity''', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I RESET ALL', role_name);
    FOR held IN
        SELECT d.datname FROM pg_db_role_setting AS s JOIN pg_database AS d ON d.oid = s.setdatabase
        WHERE s.setrole = own
    LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', role_name, held.datname);
    END LOOP;
    FOR held IN
        SELECT g.roleid::regrole AS giving, g.grantor::regrole AS grantor FROM pg_auth_members AS g
        WHERE g.member = own AND NOT (
            g.grantor = 'desk_roles'::regrole AND g.roleid::regrole::text = kept_group AND NOT g.admin_option
        )
    LOOP
        EXECUTE format('REVOKE %s FROM %I GRANTED BY %s CASCADE', held.giving, role_name, held.grantor);
    END LOOP;
    -- rights on single objects; a role that owns anything is left with them, lest what it owns go too
    IF NOT EXISTS (
        SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = own AND deptype = 'o'
    ) THEN
        EXECUTE format('DROP OWNED BY %I', role_name);
    END IF;
    EXECUTE format('GRANT %I TO desk_roles WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role_name);
END
$$;

-- What was changed, role by role. Roles that were a machine's and are in no table lose their login and all rights.
CREATE OR REPLACE FUNCTION desk.roles_sync(with_unknown boolean DEFAULT true) RETURNS TABLE (name text, what text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found record;
    before text;
BEGIN
    FOR found IN
        SELECT coalesce(r.rolname::text, 'm_' || m.name) AS role_name, r.oid IS NOT NULL AS is_there, m.name AS machine,
            'desk_' || m.level AS kept_group
        FROM desk.machine AS m FULL JOIN (SELECT * FROM pg_roles WHERE desk.is_machine_role(rolname)) AS r
            ON r.rolname = 'm_' || m.name
        WHERE m.name IS NOT NULL OR with_unknown ORDER BY 1
    LOOP
        before := desk.role_state(found.role_name);
        IF found.is_there THEN
            PERFORM desk.role_strip(found.role_name, found.kept_group);
        END IF;
        IF found.machine IS NULL THEN
            EXECUTE format('ALTER ROLE %I NOLOGIN', found.role_name);
        ELSE
            PERFORM desk.machine_role_sync(found.machine);
        END IF;
        IF desk.role_state(found.role_name) IS DISTINCT FROM before THEN
            RETURN QUERY SELECT found.role_name, CASE
                WHEN NOT found.is_there THEN 'made' WHEN found.machine IS NULL THEN 'shut out' ELSE 'mended'
            END;
        END IF;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION
    desk.is_machine_role(text), desk.role_state(text), desk.role_strip(text, text), desk.roles_sync(boolean)
FROM PUBLIC;
-- roles of an earlier version get what is new
SELECT desk.roles_sync(false);
