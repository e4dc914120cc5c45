-- The desk's own numbers: there, and such as make sense. Without one the desk takes its default, or does nothing.
SELECT w.key || CASE WHEN s.value IS NULL THEN ' is missing' ELSE ' is ' || left(s.value, 20) END
    || ', not ' || w.least || ' to ' || w.most
FROM (VALUES
    ('watchdog_statement_seconds', 1, 3600), ('watchdog_transaction_seconds', 1, 3600),
    ('watchdog_idle_seconds', 1, 3600), ('watchdog_blocking_seconds', 1, 3600), ('watchdog_enrol_seconds', 1, 3600),
    ('enrolment_minutes', 1, 1440), ('renew_after_days', 1, 85),
    ('lease_seconds', 10, 3600), ('heartbeat_seconds', 1, 600), ('lease_ask_seconds', 5, 600),
    ('lease_idle_seconds', 30, 86400), ('save_id_days', 1, 3650)
) AS w (key, least, most)
LEFT JOIN desk.setting AS s ON s.key = w.key
WHERE CASE WHEN s.value ~ '^[0-9]{1,6}$' THEN s.value::int NOT BETWEEN w.least AND w.most ELSE true END
UNION ALL
-- One sign of life may be lost on the way without the lease.
SELECT 'heartbeat_seconds is ' || beat.value || ', more than half of lease_seconds'
FROM desk.setting AS beat JOIN desk.setting AS lease ON lease.key = 'lease_seconds'
WHERE beat.key = 'heartbeat_seconds' AND beat.value ~ '^[0-9]{1,6}$' AND lease.value ~ '^[0-9]{1,6}$'
  AND beat.value::numeric * 2 > lease.value::numeric
