-- What everybody may do in schemas public and desk.
SELECT n.nspname || ' ' || lower(a.privilege_type)
FROM pg_namespace AS n
CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
WHERE n.nspname IN ('public', 'desk') AND a.grantee = 0
