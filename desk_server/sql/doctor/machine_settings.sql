-- Settings on machines' roles that differ from what machine_set gives; a machine may change its own.
SELECT r.rolname || ' ' || coalesce(s.setting, wanted.setting || ' is missing')
FROM pg_roles AS r
CROSS JOIN (VALUES
    ('statement_timeout=30s'), ('transaction_timeout=60s'), ('idle_in_transaction_session_timeout=30s'),
    ('lock_timeout=2s'), ('jit=off'), ('search_path=pg_catalog, desk'),
    ('log_min_messages=fatal')
) AS wanted (setting)
LEFT JOIN pg_db_role_setting AS d ON d.setrole = r.oid AND d.setdatabase = 0
LEFT JOIN LATERAL (
    SELECT x.setting FROM unnest(d.setconfig) AS x (setting)
    WHERE split_part(x.setting, '=', 1) = split_part(wanted.setting, '=', 1)
) AS s ON true
WHERE r.rolname IN (SELECT 'm_' || name FROM desk.machine) AND r.rolcanlogin AND s.setting IS DISTINCT FROM wanted.setting
UNION ALL
SELECT r.rolname || ' ' || x.setting
FROM pg_roles AS r
JOIN pg_db_role_setting AS d ON d.setrole = r.oid
CROSS JOIN LATERAL unnest(d.setconfig) AS x (setting)
WHERE desk.is_machine_role(r.rolname)
  AND (d.setdatabase <> 0 OR split_part(x.setting, '=', 1) NOT IN (
      'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout', 'jit',
      'search_path', 'log_min_messages'))
