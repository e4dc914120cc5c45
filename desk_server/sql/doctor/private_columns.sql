-- Columns of entities with fields that may be private: what a query-only machine may read against the rules.
SELECT c.relname || '.' || t.attname || CASE WHEN is_private THEN ' can be read' ELSE ' can''t be read' END
FROM pg_class AS c
JOIN pg_attribute AS t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM desk.field_rule AS f
                   WHERE f.entity = c.relname AND f.field = t.attname AND f.is_private) AS is_private
) AS rule
WHERE c.relnamespace = 'desk'::regnamespace
  AND c.relname IN (SELECT entity FROM desk.field_rule WHERE may_be_private)
  AND has_column_privilege('desk_query', c.oid, t.attnum, 'SELECT') = is_private
