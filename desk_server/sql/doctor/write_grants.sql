-- Rights to write that a level must not have: query-only machines none at all, nobody one to delete, and none on what
-- the desk itself writes.
SELECT g.level || ' may ' || lower(p.privilege) || ' ' || c.relname
FROM pg_class AS c
CROSS JOIN (VALUES ('desk_query'), ('desk_full'), ('desk_admin'), ('desk_enrol')) AS g (level)
CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('TRIGGER'), ('REFERENCES')) AS p (privilege)
WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm')
  AND CASE WHEN p.privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(g.level, c.oid, p.privilege)
           ELSE has_any_column_privilege(g.level, c.oid, p.privilege) END
  AND (
      g.level IN ('desk_query', 'desk_enrol') OR p.privilege NOT IN ('INSERT', 'UPDATE')
      OR c.relname ~ '^(audit_|search_|machine_|signing_|security_|enrolment_|edit_lease|save_done|setting|ticket_|'
                     'version_gate|alembic_version|worker_|status_transition|choice_list|comment_private|privacy_)'
  )
UNION ALL
SELECT g.level || ' may change field_rule.is_private' FROM (VALUES ('desk_full'), ('desk_admin')) AS g (level)
WHERE has_column_privilege(g.level, 'desk.field_rule', 'is_private', 'INSERT, UPDATE')
