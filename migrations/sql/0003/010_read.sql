-- What may be read. desk_full has all of desk_query, desk_admin all of desk_full.

GRANT SELECT ON
    desk.ticket, desk.ticket_event, desk.ticket_summary, desk.comment, desk.attachment,
    desk.interaction, desk.complaint, desk.customer, desk.project,
    desk.product, desk.release, desk.hardware_revision, desk.release_hardware,
    desk.department, desk.staff, desk.machine, desk.machine_person,
    desk.choice_list, desk.choice, desk.dependent_choice, desk.field_rule, desk.status_transition,
    desk.search_public, desk.import_batch, desk.setting, desk.version_gate, desk.worker_heartbeat
TO desk_query;
SELECT desk.apply_private_grants('contact');
-- Who edits what, but neither token nor session.
GRANT SELECT (entity, entity_id, machine, person_id, taken_at, beat_at, expires_at) ON desk.edit_lease TO desk_query;
GRANT EXECUTE ON FUNCTION
    desk.search_text(text), desk.search_runs(text), desk.search_words(text), desk.search_query(text)
TO desk_query, desk_import;

GRANT SELECT ON desk.contact, desk.comment_private, desk.search_private TO desk_full;

GRANT SELECT ON desk.audit_entry, desk.audit_private, desk.import_reject, desk.machine_certificate TO desk_admin;
