-- Roles of the desk. Run by the superuser, any number of times.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'desk_owner', 'desk_import', 'desk_roles', 'desk_enrol', 'desk_query', 'desk_full', 'desk_admin', 'desk_worker'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;
ALTER ROLE desk_worker LOGIN CONNECTION LIMIT 4;
ALTER ROLE desk_roles CREATEROLE;

-- each level includes the one before it
GRANT desk_query TO desk_full;
GRANT desk_full TO desk_admin;

-- desk_roles hands levels out without having any of them
GRANT desk_query, desk_full, desk_admin TO desk_roles WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT pg_signal_backend TO desk_roles;

-- the worker frees what hangs, also when all other connections are taken
GRANT pg_use_reserved_connections, pg_read_all_stats TO desk_worker;
