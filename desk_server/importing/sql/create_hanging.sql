-- Makes what hangs on a customer or a product, once those have their ids.

INSERT INTO desk.release (product_id, version, origin)
SELECT p.id, s.value, 'import'
FROM staged_reference AS s
JOIN staged_reference AS p ON p.entity = 'product' AND p.value = s.parent
WHERE s.id IS NULL AND s.entity = 'release' AND s.is_creatable
ORDER BY p.id, s.value;

INSERT INTO desk.hardware_revision (product_id, code, origin)
SELECT p.id, s.value, 'import'
FROM staged_reference AS s
JOIN staged_reference AS p ON p.entity = 'product' AND p.value = s.parent
WHERE s.id IS NULL AND s.entity = 'hardware_revision' AND s.is_creatable
ORDER BY p.id, s.value;

INSERT INTO desk.contact (customer_id, name, origin)
SELECT c.id, s.value, 'import'
FROM staged_reference AS s
JOIN staged_reference AS c ON c.entity = 'customer' AND c.value = s.parent
WHERE s.id IS NULL AND s.entity = 'contact' AND s.is_creatable
ORDER BY c.id, s.value;

INSERT INTO desk.project (code, name, customer_id, product_id, origin)
SELECT DISTINCT ON (s.value) s.value, s.value, c.id, p.id, 'import'
FROM staged_reference AS s
JOIN staged_value AS v ON v.field = 'project' AND v.value = s.value
JOIN staged_value AS vc ON vc.ticket = v.ticket AND vc.field = 'customer' AND vc.value = s.parent
JOIN staged_value AS vp ON vp.ticket = v.ticket AND vp.field = 'product'
JOIN staged_reference AS c ON c.entity = 'customer' AND c.value = vc.value
JOIN staged_reference AS p ON p.entity = 'product' AND p.value = vp.value
WHERE s.id IS NULL AND s.entity = 'project' AND s.is_creatable
ORDER BY s.value, v.ticket;
