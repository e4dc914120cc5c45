-- Tables of shared/models/saving.py

CREATE TABLE desk.save_done (
    save_id uuid NOT NULL,
    entity text NOT NULL,
    entity_id bigint NOT NULL,
    done_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_save_done PRIMARY KEY (save_id)
);
CREATE INDEX ix_save_done_done_at ON desk.save_done (done_at);

CREATE TABLE desk.edit_lease (
    entity text NOT NULL,
    entity_id bigint NOT NULL,
    machine text NOT NULL,
    person_id bigint,
    session uuid NOT NULL,
    token bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    beat_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_edit_lease PRIMARY KEY (entity, entity_id),
    CONSTRAINT fk_edit_lease_person_id FOREIGN KEY(person_id) REFERENCES desk.staff (id)
)
 WITH (fillfactor = 50);
CREATE INDEX ix_edit_lease_expires_at ON desk.edit_lease (expires_at);
