-- Tables of shared/models/site.py

CREATE TABLE desk.setting (
    key text NOT NULL,
    value text NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (key)
);

CREATE TABLE desk.version_gate (
    id bigint DEFAULT 1 NOT NULL,
    schema_revision text NOT NULL,
    min_client text NOT NULL,
    CONSTRAINT pk_version_gate PRIMARY KEY (id),
    CONSTRAINT ck_version_gate_one_row CHECK (id = 1)
);

CREATE TABLE desk.worker_heartbeat (
    id bigint DEFAULT 1 NOT NULL,
    pid bigint NOT NULL,
    version text NOT NULL,
    started_at timestamptz NOT NULL,
    beat_at timestamptz NOT NULL,
    CONSTRAINT pk_worker_heartbeat PRIMARY KEY (id),
    CONSTRAINT ck_worker_heartbeat_one_row CHECK (id = 1)
);
