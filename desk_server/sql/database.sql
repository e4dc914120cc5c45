-- What lies in database desk before the first migration. Run by the superuser, any number of times.
REVOKE ALL ON DATABASE desk FROM PUBLIC; -- CONNECT and, above all, TEMP
GRANT CONNECT ON DATABASE desk TO desk_query, desk_worker, desk_import, desk_enrol;
ALTER ROLE desk_enrol IN DATABASE desk RESET ALL; -- see roles.sql
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS desk AUTHORIZATION desk_owner;
GRANT USAGE ON SCHEMA desk TO desk_query, desk_import, desk_worker, desk_roles, desk_enrol;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA desk;

-- a site's cluster may have another: times are read and audited alike everywhere
ALTER DATABASE desk SET timezone = 'UTC';

-- a function is nobody's until it is granted
ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- owner's sessions may sort what the limit for machines is too small for
ALTER ROLE CURRENT_USER IN DATABASE desk SET temp_file_limit = '-1';
