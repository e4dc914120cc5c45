-- Tables that a query-only machine must not see into, and those that no machine may.
SELECT c.relname || ' is open to ' || g.level
FROM pg_class AS c
JOIN (VALUES
    ('desk_query', '{comment_private,search_private,audit_entry,audit_private,machine_certificate,security_event}'),
    ('desk_admin', '{save_done,signing_request}')
) AS g (level, hidden) ON c.relname = ANY (g.hidden::text[])
WHERE c.relnamespace = 'desk'::regnamespace AND has_any_column_privilege(g.level, c.oid, 'SELECT, INSERT, UPDATE')
