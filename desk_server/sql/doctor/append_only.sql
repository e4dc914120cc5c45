-- Tables that nobody alters, whoever he is; values that are to be forgotten go by a function of their own.
SELECT w.relname || ' can be altered'
FROM unnest(ARRAY[
    'ticket_event', 'comment', 'attachment', 'audit_entry', 'audit_block', 'audit_seal', 'comment_private',
    'audit_private'
]) AS w (relname)
WHERE NOT EXISTS (
    SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE t.tgrelid = to_regclass('desk.' || w.relname) AND t.tgtype & 2 <> 0 AND t.tgtype & 16 <> 0
      AND p.pronamespace = 'desk'::regnamespace AND p.proname IN ('refuse_change', 'refuse_unless_forgetting')
)
UNION ALL
SELECT w.relname || ' can be deleted from'
FROM unnest(ARRAY[
    'ticket_event', 'comment', 'attachment', 'audit_entry', 'audit_block', 'audit_seal'
]) AS w (relname)
WHERE NOT EXISTS (
    SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE t.tgrelid = to_regclass('desk.' || w.relname) AND t.tgtype & 2 <> 0 AND t.tgtype & 8 <> 0
      AND p.pronamespace = 'desk'::regnamespace AND p.proname IN ('refuse_change', 'refuse_unless_forgetting')
)
