-- Grants on the server's parameters beyond what roles.sql gives.
SELECT coalesce(r.rolname, 'everybody') || ' ' || lower(a.privilege_type) || ' ' || p.parname
FROM pg_parameter_acl AS p
CROSS JOIN LATERAL aclexplode(p.paracl) AS a
LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE (a.grantee = 0 OR r.rolname ~ '^(m_|desk_)')
  AND NOT (r.rolname = 'desk_roles' AND p.parname = 'log_min_messages' AND a.privilege_type = 'SET')
