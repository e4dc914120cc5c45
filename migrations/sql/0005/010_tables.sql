-- Tables of shared/models/audit.py: the chain of blocks, which block an entry is in, and the sealing job's notes.

CREATE TABLE desk.audit_block (
    id bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    entries bigint NOT NULL,
    horizon_id bigint NOT NULL,
    closed_id bigint NOT NULL,
    content bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_audit_block PRIMARY KEY (id)
);

CREATE TABLE desk.audit_seal (
    entry_id bigint NOT NULL,
    block_id bigint NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_audit_seal PRIMARY KEY (entry_id)
);
CREATE INDEX ix_audit_seal_block_id_entry_id ON desk.audit_seal (block_id, entry_id);

CREATE TABLE desk.audit_open (
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    running bigint[] NOT NULL,
    CONSTRAINT pk_audit_open PRIMARY KEY (first_id)
);

-- Nobody alters what is sealed; the worker adds.
CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.audit_block
    FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change();
CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change();

-- The audit screen asks for one machine's entries.
CREATE INDEX ix_audit_entry_machine_at ON desk.audit_entry (machine, at);

GRANT SELECT ON desk.audit_entry TO desk_worker;
GRANT SELECT ON SEQUENCE desk.audit_entry_id_seq TO desk_worker;
GRANT SELECT, INSERT ON desk.audit_block, desk.audit_seal TO desk_worker;
GRANT SELECT, INSERT, DELETE ON desk.audit_open TO desk_worker;
GRANT SELECT ON desk.audit_block, desk.audit_seal TO desk_admin;
