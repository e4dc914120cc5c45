-- The staged names that the desk has, with the codes of what other references hang on.
SELECT t.external_id, t.id, t.number, t.touched, p.code, c.number
FROM staged_name AS n
JOIN desk.ticket AS t ON t.import_source = %(source)s AND t.external_id = n.ticket
LEFT JOIN desk.product AS p ON p.id = t.product_id
LEFT JOIN desk.customer AS c ON c.id = t.customer_id
