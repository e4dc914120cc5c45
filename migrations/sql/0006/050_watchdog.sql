-- When the worker ends a machine's session. Later than the limits that a machine's role has by itself (30, 60 and
-- 30 s), which it may set aside.
INSERT INTO desk.setting (key, value) VALUES
    ('watchdog_statement_seconds', '45'),
    ('watchdog_transaction_seconds', '90'),
    ('watchdog_idle_seconds', '45'),
    ('watchdog_blocking_seconds', '15'),
    ('watchdog_enrol_seconds', '60')
ON CONFLICT (key) DO NOTHING;
