-- The chain goes with the step down: going up again begins a new one over all entries.
DROP TABLE desk.audit_open, desk.audit_seal, desk.audit_block;
DROP INDEX desk.ix_audit_entry_machine_at;
REVOKE SELECT ON desk.audit_entry FROM desk_worker;
REVOKE SELECT ON SEQUENCE desk.audit_entry_id_seq FROM desk_worker;
