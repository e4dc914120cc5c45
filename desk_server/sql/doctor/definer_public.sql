-- Functions of the desk, and definer functions anywhere, that everybody may execute.
SELECT p.oid::regprocedure
FROM pg_proc AS p
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND (p.prosecdef OR p.pronamespace = 'desk'::regnamespace)
  AND has_function_privilege('public', p.oid, 'EXECUTE')
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass
                  AND d.deptype = 'e' AND NOT p.prosecdef)
ORDER BY 1
