-- Tables with a version and a lease that are saved without the guard, or without their rules.
SELECT c.relname || ' without ' || w.name
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'lease_token' AND NOT a.attisdropped
CROSS JOIN (VALUES ('guard_insert', 4), ('guard_update', 16)) AS w (name, bit)
WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r' AND c.relname <> 'edit_lease'
  AND NOT EXISTS (
      SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
      WHERE t.tgrelid = c.oid AND p.oid = to_regproc('desk.' || w.name) AND t.tgtype & w.bit <> 0 AND t.tgtype & 2 <> 0
  )
UNION ALL
SELECT c.relname || ' without check_rules'
FROM pg_class AS c
WHERE c.relnamespace = 'desk'::regnamespace AND c.relname IN (
    'ticket', 'customer', 'contact', 'project', 'product', 'release', 'hardware_revision', 'interaction', 'complaint',
    'department', 'staff', 'choice', 'field_rule', 'comment'
) AND NOT EXISTS (
    SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgfoid = 'desk.check_rules()'::regprocedure
)
