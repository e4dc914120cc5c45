-- Events with first <= position < last. A person's department is the one of today: the log knows no other.

INSERT INTO desk.ticket_event (ticket_id, at, kind, what, status, person_id, department_id, batch_id, import_key)
SELECT t.id, e.at, 'imported', e.event, e.status, s.id, s.department_id, %(batch)s, e.import_key
FROM staged_event AS e
JOIN desk.ticket AS t ON t.import_source = %(source)s AND t.external_id = e.ticket
LEFT JOIN staged_reference AS r ON r.entity = 'staff' AND r.value = e.person
LEFT JOIN desk.staff AS s ON s.id = r.id
WHERE e.position >= %(first)s AND e.position < %(last)s
ORDER BY e.position;
