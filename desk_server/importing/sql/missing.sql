-- What has to be made, as (group of the result, name).
SELECT
    CASE r.entity
        WHEN 'staff' THEN 'people'
        WHEN 'hardware_revision' THEN 'hardware_revisions'
        ELSE r.entity || 's'
    END AS made,
    CASE WHEN r.entity IN ('contact', 'release', 'hardware_revision') THEN r.parent || ': ' ELSE '' END || r.value AS name
FROM staged_reference AS r
WHERE r.id IS NULL AND r.is_creatable
UNION
SELECT 'choices', c.list_code || ': ' || c.value
FROM staged_choice AS c
WHERE c.code IS NULL
ORDER BY made, name
