-- Languages for programs inside the server, and who of ours may write such; see also doors.sql.
SELECT g.rolname || ' may use ' || l.lanname FROM pg_language AS l
CROSS JOIN LATERAL aclexplode(l.lanacl) AS a
JOIN pg_roles AS g ON g.oid = a.grantee
WHERE g.rolname ~ '^(m_|desk_)' AND g.rolname <> 'desk_owner'
UNION ALL
SELECT 'language ' || lanname FROM pg_language WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')
