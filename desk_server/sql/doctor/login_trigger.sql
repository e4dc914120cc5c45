-- The serial check at login.
SELECT 'it does not fire'
WHERE NOT EXISTS (
    SELECT FROM pg_event_trigger AS t
    JOIN pg_proc AS p ON p.oid = t.evtfoid
    JOIN pg_roles AS r ON r.oid = p.proowner
    WHERE t.evtname = 'desk_login' AND t.evtevent = 'login' AND t.evtenabled = 'A'
      AND p.oid = 'desk.on_login()'::regprocedure AND r.rolname = 'desk_roles'
)
