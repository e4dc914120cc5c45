-- What the role of the worker has to have, and nothing else: without its limit a machine could stop all its jobs.
SELECT wanted.setting || ' is missing'
FROM (VALUES ('lock_timeout=500ms')) AS wanted (setting)
WHERE NOT EXISTS (
    SELECT FROM pg_db_role_setting AS d
    WHERE d.setrole = 'desk_worker'::regrole AND d.setdatabase = 0 AND wanted.setting = ANY (d.setconfig)
)
UNION ALL
SELECT x.setting
FROM pg_db_role_setting AS d CROSS JOIN LATERAL unnest(d.setconfig) AS x (setting)
WHERE d.setrole = 'desk_worker'::regrole AND (d.setdatabase <> 0 OR x.setting <> 'lock_timeout=500ms')
