-- Every different choice and reference of the log, and the views that put resolved values into a ticket's columns.

INSERT INTO staged_choice (list_code, value)
SELECT DISTINCT f.list_code, v.value
FROM staged_value AS v
JOIN staged_field AS f USING (field)
WHERE f.list_code IS NOT NULL;

INSERT INTO staged_reference (entity, value, parent)
SELECT f.entity, v.value, coalesce(p.value, '')
FROM staged_value AS v
JOIN staged_field AS f USING (field)
LEFT JOIN staged_value AS p ON p.ticket = v.ticket AND p.field = f.parent
WHERE f.entity IS NOT NULL
UNION
SELECT 'staff', e.person, ''
FROM staged_event AS e
WHERE e.person IS NOT NULL;

-- A contact without a customer can't be made, nor a project without both. Such a value is kept under ticket.custom.
UPDATE staged_reference AS r
SET is_creatable = false
WHERE (r.entity IN ('contact', 'project', 'release', 'hardware_revision') AND r.parent = '')
   OR (
        r.entity = 'project'
        AND NOT EXISTS (
            SELECT
            FROM staged_value AS v
            JOIN staged_value AS c ON c.ticket = v.ticket AND c.field = 'customer' AND c.value = r.parent
            JOIN staged_value AS p ON p.ticket = v.ticket AND p.field = 'product'
            WHERE v.field = 'project' AND v.value = r.value
        )
    );

-- id -1 stands for a row that is yet to be made
CREATE TEMPORARY VIEW staged_resolved AS
SELECT
    v.ticket,
    v.field,
    v.value AS said,
    v.is_default,
    f.column_name,
    CASE
        WHEN f.list_code IS NOT NULL THEN to_jsonb(coalesce(c.code, v.value))
        WHEN f.entity IS NOT NULL THEN to_jsonb(coalesce(r.id, CASE WHEN r.is_creatable THEN -1 END))
        WHEN f.field IS NOT NULL THEN to_jsonb(v.value)
    END AS value
FROM staged_value AS v
LEFT JOIN staged_field AS f USING (field)
LEFT JOIN staged_choice AS c ON c.list_code = f.list_code AND c.value = v.value
LEFT JOIN staged_value AS p ON p.ticket = v.ticket AND p.field = f.parent
LEFT JOIN staged_reference AS r ON r.entity = f.entity AND r.value = v.value AND r.parent = coalesce(p.value, '');

-- strong values go before those of the desk, weak ones only fill gaps; custom has what no column takes
CREATE TEMPORARY VIEW staged_document AS
SELECT
    s.position,
    s.ticket,
    s.ticket_id,
    s.reported_at,
    s.status,
    coalesce(
        jsonb_object_agg(v.column_name, v.value)
            FILTER (WHERE v.value IS NOT NULL AND s.is_newer AND NOT v.is_default),
        '{}'
    ) AS strong,
    coalesce(
        jsonb_object_agg(v.column_name, v.value)
            FILTER (WHERE v.value IS NOT NULL AND NOT (s.is_newer AND NOT v.is_default)),
        '{}'
    ) AS weak,
    coalesce(
        jsonb_object_agg(regexp_replace(v.field, '^custom\.', ''), v.said)
            FILTER (WHERE v.field IS NOT NULL AND v.value IS NULL),
        '{}'
    ) AS custom
FROM staged_ticket AS s
LEFT JOIN staged_resolved AS v ON v.ticket = s.ticket
GROUP BY s.position;

-- the tickets of the desk that the log changes, as they will be; those that a machine has touched keep their values
CREATE TEMPORARY VIEW staged_change AS
SELECT d.position, n.*
FROM staged_document AS d
JOIN desk.ticket AS t ON t.id = d.ticket_id
CROSS JOIN LATERAL jsonb_populate_record(
    t,
    (d.weak - ARRAY(SELECT jsonb_object_keys(jsonb_strip_nulls(to_jsonb(t)))))
    || d.strong
    || jsonb_build_object(
        'status', d.status,
        'reported_at', d.reported_at,
        'custom', t.custom || d.custom
    )
) AS n
WHERE NOT t.touched AND n IS DISTINCT FROM t;

ANALYZE staged_choice;
ANALYZE staged_reference;
