-- The same list as in hardening.sql.
SELECT p.oid::regprocedure::text
FROM pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace
  AND p.proname ~ ('^(pg_(try_)?advisory_|lo_|pg_sleep|(lowrite|loread|pg_notify|pg_export_snapshot'
      '|pg_logical_emit_message|pg_current_xact_id|txid_current)$)')
  AND has_function_privilege('public', p.oid, 'EXECUTE')
UNION ALL
SELECT 'DO in language ' || l.lanname
FROM pg_language AS l
WHERE l.lanname = 'plpgsql' AND has_language_privilege('public', l.oid, 'USAGE')
ORDER BY 1
