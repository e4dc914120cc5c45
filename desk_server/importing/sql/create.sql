-- Makes what is missing. A choice that nobody chose on purpose is retired at once; match.sql then finds the ids.

INSERT INTO desk.choice (list_code, code, label_en, label_zh, position, retired_at)
SELECT s.list_code, s.value, s.value, s.value, 10000, clock_timestamp()
FROM staged_choice AS s
WHERE s.code IS NULL
ORDER BY s.list_code, s.value;

INSERT INTO desk.department (code, name_en, name_zh)
SELECT s.value, s.value, s.value
FROM staged_reference AS s
WHERE s.id IS NULL AND s.entity = 'department'
ORDER BY s.value;

INSERT INTO desk.customer (name, origin)
SELECT s.value, 'import'
FROM staged_reference AS s
WHERE s.id IS NULL AND s.entity = 'customer'
ORDER BY s.value;

INSERT INTO desk.product (code, name, origin)
SELECT s.value, s.value, 'import'
FROM staged_reference AS s
WHERE s.id IS NULL AND s.entity = 'product'
ORDER BY s.value;

INSERT INTO desk.staff (code, name, department_id)
SELECT s.value, s.value, d.id
FROM staged_reference AS s
CROSS JOIN (
    SELECT id FROM desk.department WHERE deleted_at IS NULL ORDER BY code = 'support' DESC, is_support DESC, id LIMIT 1
) AS d
WHERE s.id IS NULL AND s.entity = 'staff'
ORDER BY s.value;
