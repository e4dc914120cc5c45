-- The two roles that are no machine: the import (by SET ROLE, for whoever is superuser) and the server's worker.

-- What is private, secret or the audit's an import only adds to, by way of triggers.
GRANT SELECT ON
    desk.department, desk.staff, desk.customer, desk.contact, desk.project,
    desk.product, desk.release, desk.hardware_revision, desk.release_hardware,
    desk.choice_list, desk.choice, desk.dependent_choice, desk.field_rule, desk.status_transition,
    desk.ticket, desk.ticket_event, desk.ticket_summary, desk.comment, desk.attachment,
    desk.interaction, desk.complaint, desk.import_batch, desk.import_reject, desk.setting, desk.version_gate
TO desk_import;
GRANT INSERT ON
    desk.department, desk.staff, desk.customer, desk.contact, desk.project,
    desk.product, desk.release, desk.hardware_revision, desk.release_hardware, desk.choice, desk.dependent_choice,
    desk.ticket, desk.ticket_event, desk.comment, desk.attachment, desk.interaction, desk.complaint,
    desk.import_batch, desk.import_reject
TO desk_import;
GRANT UPDATE ON desk.ticket, desk.import_batch TO desk_import;

GRANT SELECT, INSERT, UPDATE ON desk.worker_heartbeat TO desk_worker;
GRANT SELECT, DELETE ON desk.edit_lease, desk.save_done TO desk_worker;
GRANT UPDATE (beat_at) ON desk.edit_lease TO desk_worker; -- FOR UPDATE SKIP LOCKED asks for it
GRANT SELECT ON desk.setting, desk.version_gate TO desk_worker;
