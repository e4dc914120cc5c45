-- Tables that people decide in, and whose changes nobody would see. The others are derived, or the audit itself.
SELECT c.relname || ' at ' || w.event
FROM pg_class AS c
CROSS JOIN (VALUES ('insert', 4), ('delete', 8), ('update', 16)) AS w (event, bit)
WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'
  AND c.relname NOT IN (
      'ticket_summary', 'search_public', 'search_private', 'search_move', 'privacy_mark', 'save_done', 'edit_lease',
      'audit_entry', 'audit_private', 'audit_block', 'audit_seal', 'audit_open', 'forgetting', 'worker_heartbeat',
      'machine_seen', 'enrolment_code', 'signing_request', 'import_batch', 'import_reject', 'alembic_version'
  )
  AND NOT (c.relname IN ('attachment', 'ticket_event') AND w.event <> 'insert') -- those are never changed
  AND NOT EXISTS (
      SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
      WHERE t.tgrelid = c.oid AND p.pronamespace = 'desk'::regnamespace AND p.proname ~ '^audit_'
        AND t.tgtype & w.bit <> 0
  )
