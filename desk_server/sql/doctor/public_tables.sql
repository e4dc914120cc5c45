-- Tables, views, sequences and columns of schema desk that everybody may use.
SELECT c.relname || ' ' || lower(a.privilege_type)
FROM pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'desk'::regnamespace AND a.grantee = 0
UNION ALL
SELECT c.relname || '.' || t.attname || ' ' || lower(a.privilege_type)
FROM pg_class AS c
JOIN pg_attribute AS t ON t.attrelid = c.oid
CROSS JOIN LATERAL aclexplode(t.attacl) AS a
WHERE c.relnamespace = 'desk'::regnamespace AND a.grantee = 0
