-- Settings and limit of the role that codes are handed in by: whoever comes in by it may change most of them.
SELECT coalesce(s.setting, wanted.setting || ' is missing')
FROM (VALUES
    ('track_activities=off'), ('log_min_messages=fatal'), ('statement_timeout=5s'), ('transaction_timeout=10s'),
    ('idle_in_transaction_session_timeout=5s'), ('idle_session_timeout=60s'), ('lock_timeout=2s'),
    ('search_path=pg_catalog, pg_temp')
) AS wanted (setting)
LEFT JOIN pg_db_role_setting AS d ON d.setrole = 'desk_enrol'::regrole AND d.setdatabase = 0
LEFT JOIN LATERAL (
    SELECT x.setting FROM unnest(d.setconfig) AS x (setting)
    WHERE split_part(x.setting, '=', 1) = split_part(wanted.setting, '=', 1)
) AS s ON true
WHERE s.setting IS DISTINCT FROM wanted.setting
UNION ALL
SELECT 'a setting in one database' FROM pg_db_role_setting
WHERE setrole = 'desk_enrol'::regrole AND setdatabase <> 0
UNION ALL
SELECT 'a password, or more than 5 connections' FROM pg_authid
WHERE rolname = 'desk_enrol' AND (rolpassword IS NOT NULL OR rolconnlimit <> 5)
