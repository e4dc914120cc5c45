-- What everybody may do in our databases.
SELECT d.datname || ' ' || lower(a.privilege_type)
FROM pg_database AS d
CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
WHERE d.datname = ANY (%(databases)s) AND a.grantee = 0
