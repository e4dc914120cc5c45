-- Who of ours was given the right to make objects in the databases and schemas; what everybody may: public_database.sql.
SELECT r.rolname || ' may ' || lower(a.privilege_type) || ' in database ' || d.datname
FROM pg_database AS d
CROSS JOIN LATERAL aclexplode(d.datacl) AS a
JOIN pg_roles AS r ON r.oid = a.grantee
WHERE r.rolname ~ '^(m_|desk_)' AND a.privilege_type IN ('CREATE', 'TEMPORARY')
UNION ALL
SELECT r.rolname || ' may create in schema ' || n.nspname
FROM pg_namespace AS n
CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
JOIN pg_roles AS r ON r.oid = a.grantee
WHERE r.rolname ~ '^(m_|desk_)' AND r.rolname <> 'desk_owner' AND a.privilege_type = 'CREATE'
UNION ALL
SELECT r.rolname || ' owns schema ' || n.nspname
FROM pg_namespace AS n
JOIN pg_roles AS r ON r.oid = n.nspowner
WHERE r.rolname ~ '^(m_|desk_)' AND (n.nspname, r.rolname) <> ('desk', 'desk_owner')
