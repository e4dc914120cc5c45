-- Attributes and memberships of our own roles beyond what roles.sql gives.
SELECT rolname || ' is missing'
FROM unnest(ARRAY[
    'desk_owner', 'desk_import', 'desk_roles', 'desk_enrol', 'desk_query', 'desk_full', 'desk_admin', 'desk_worker'
]) AS wanted (rolname)
WHERE NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = wanted.rolname)
UNION ALL
SELECT rolname || ' is a superuser or may do as one'
FROM pg_roles
WHERE rolname ~ '^desk_' AND (rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls)
UNION ALL
SELECT rolname || ' may create roles' FROM pg_roles
WHERE rolname ~ '^desk_' AND rolcreaterole AND rolname <> 'desk_roles'
UNION ALL
SELECT rolname || ' may log in' FROM pg_roles
WHERE rolname ~ '^desk_' AND rolcanlogin AND rolname NOT IN ('desk_worker', 'desk_enrol')
UNION ALL
SELECT m.rolname || ' is a member of ' || g.rolname
FROM pg_auth_members AS a
JOIN pg_roles AS g ON g.oid = a.roleid
JOIN pg_roles AS m ON m.oid = a.member
WHERE m.rolname ~ '^desk_'
  AND (m.rolname, g.rolname) NOT IN (
      ('desk_full', 'desk_query'), ('desk_admin', 'desk_full'), ('desk_roles', 'desk_query'),
      ('desk_roles', 'desk_full'), ('desk_roles', 'desk_admin'), ('desk_roles', 'pg_signal_backend'),
      ('desk_roles', 'pg_read_all_stats'),
      ('desk_worker', 'pg_use_reserved_connections'), ('desk_worker', 'pg_read_all_stats'),
      ('desk_worker', 'pg_signal_backend')
  )
  AND NOT (m.rolname = 'desk_roles' AND g.rolname ~ '^m_')
