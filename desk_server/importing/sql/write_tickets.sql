-- Tickets with first <= position < last: the new ones, and the changed ones that no machine has touched.

INSERT INTO desk.ticket (
    kind, subject, description, customer_id, contact_id, project_id, product_id, found_in_release_id,
    fixed_in_release_id, hardware_revision_id, serial, category, symptom, cause, resolution, priority, severity,
    status, assignee_id, department_id, waiting_for_staff_id, waiting_for_department_id, source, channel,
    reported_at, next_step, next_step_at, due_at, origin, import_source, external_id, custom
)
SELECT
    n.kind, n.subject, n.description, n.customer_id, n.contact_id, n.project_id, n.product_id, n.found_in_release_id,
    n.fixed_in_release_id, n.hardware_revision_id, n.serial, n.category, n.symptom, n.cause, n.resolution, n.priority,
    n.severity, d.status, n.assignee_id, n.department_id, n.waiting_for_staff_id, n.waiting_for_department_id,
    n.source, n.channel, d.reported_at, n.next_step, n.next_step_at, n.due_at,
    'import', %(source)s, d.ticket, d.custom
FROM staged_document AS d
CROSS JOIN LATERAL jsonb_populate_record(NULL::desk.ticket, d.weak || d.strong) AS n
WHERE d.ticket_id IS NULL AND d.position >= %(first)s AND d.position < %(last)s
ORDER BY d.position;

UPDATE desk.ticket AS t
SET kind = n.kind,
    subject = n.subject,
    description = n.description,
    customer_id = n.customer_id,
    contact_id = n.contact_id,
    project_id = n.project_id,
    product_id = n.product_id,
    found_in_release_id = n.found_in_release_id,
    fixed_in_release_id = n.fixed_in_release_id,
    hardware_revision_id = n.hardware_revision_id,
    serial = n.serial,
    category = n.category,
    symptom = n.symptom,
    cause = n.cause,
    resolution = n.resolution,
    priority = n.priority,
    severity = n.severity,
    status = n.status,
    assignee_id = n.assignee_id,
    department_id = n.department_id,
    waiting_for_staff_id = n.waiting_for_staff_id,
    waiting_for_department_id = n.waiting_for_department_id,
    source = n.source,
    channel = n.channel,
    reported_at = n.reported_at,
    next_step = n.next_step,
    next_step_at = n.next_step_at,
    due_at = n.due_at,
    custom = n.custom
FROM staged_change AS n
WHERE t.id = n.id AND NOT t.touched AND n.position >= %(first)s AND n.position < %(last)s;
