-- The same list as in hardening.sql.
SELECT p.oid::regprocedure
FROM pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace
  AND p.proname ~ '^(pg_(try_)?advisory_|lo_|lowrite$|loread$|pg_notify$|pg_export_snapshot$|pg_sleep)'
  AND has_function_privilege('public', p.oid, 'EXECUTE')
ORDER BY 1
