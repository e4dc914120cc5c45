-- What the desk has already: by exact code first, then by exact name. Deleted rows keep their code, not their name.
-- Choices by code alone: another system's scale stays whole, its "High" beside its "Medium" is not our high.

UPDATE staged_choice AS s
SET code = c.code
FROM desk.choice AS c
WHERE s.code IS NULL AND c.list_code = s.list_code AND c.code = s.value;

-- rows that stand by themselves
UPDATE staged_reference AS s
SET id = x.id
FROM (
    SELECT 'customer' AS entity, number AS code, id FROM desk.customer
    UNION ALL SELECT 'product', code, id FROM desk.product
    UNION ALL SELECT 'staff', code, id FROM desk.staff
    UNION ALL SELECT 'department', code, id FROM desk.department
    UNION ALL SELECT 'project', code, id FROM desk.project
) AS x
WHERE s.id IS NULL AND x.entity = s.entity AND x.code = s.value;

UPDATE staged_reference AS s
SET id = x.id
FROM (
    SELECT DISTINCT ON (entity, name) entity, name, id
    FROM (
        SELECT 'customer' AS entity, name, id, retired_at FROM desk.customer WHERE deleted_at IS NULL
        UNION ALL SELECT 'product', name, id, retired_at FROM desk.product WHERE deleted_at IS NULL
        UNION ALL SELECT 'staff', name, id, retired_at FROM desk.staff WHERE deleted_at IS NULL
        UNION ALL SELECT 'department', name_en, id, retired_at FROM desk.department WHERE deleted_at IS NULL
        UNION ALL SELECT 'department', name_zh, id, retired_at FROM desk.department WHERE deleted_at IS NULL
    ) AS named
    ORDER BY entity, name, retired_at NULLS FIRST, id
) AS x
WHERE s.id IS NULL AND x.entity = s.entity AND x.name = s.value;

-- rows that hang on another one
UPDATE staged_reference AS s
SET id = x.id
FROM staged_reference AS parent
JOIN (
    SELECT DISTINCT ON (entity, parent_entity, parent_id, name) entity, parent_entity, parent_id, name, id
    FROM (
        SELECT 'contact' AS entity, 'customer' AS parent_entity, customer_id AS parent_id, name, id
        FROM desk.contact WHERE deleted_at IS NULL
        UNION ALL SELECT 'project', 'customer', customer_id, name, id FROM desk.project WHERE deleted_at IS NULL
        UNION ALL SELECT 'release', 'product', product_id, version, id FROM desk.release
        UNION ALL SELECT 'hardware_revision', 'product', product_id, code, id FROM desk.hardware_revision
    ) AS hanging
    ORDER BY entity, parent_entity, parent_id, name, id
) AS x ON x.parent_entity = parent.entity AND x.parent_id = parent.id
WHERE s.id IS NULL AND x.entity = s.entity AND parent.value = s.parent AND x.name = s.value;
