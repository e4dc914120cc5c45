-- The history of those tickets, machine-made lines included.
SELECT t.external_id, e.at, e.import_key::text, e.status
FROM staged_name AS n
JOIN desk.ticket AS t ON t.import_source = %(source)s AND t.external_id = n.ticket
JOIN desk.ticket_event AS e ON e.ticket_id = t.id
ORDER BY e.at, e.id
