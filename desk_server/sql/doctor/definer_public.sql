-- Definer functions that everybody may execute.
SELECT p.oid::regprocedure
FROM pg_proc AS p
WHERE p.prosecdef AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND has_function_privilege('public', p.oid, 'EXECUTE')
ORDER BY 1
