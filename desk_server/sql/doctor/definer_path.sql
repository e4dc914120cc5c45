-- Definer functions whose search_path is not just pg_catalog and, last, pg_temp.
SELECT p.oid::regprocedure
FROM pg_proc AS p
WHERE p.prosecdef AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
ORDER BY 1
