-- Table of shared/models/search.py

-- An entity whose search entries still have to follow its privacy: those of rows up to after_id have.
CREATE TABLE desk.search_move (
    entity text NOT NULL,
    after_id bigint DEFAULT 0 NOT NULL,
    started_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_search_move PRIMARY KEY (entity)
);

-- Only contacts are granted by column and have private entries in the search. A ticket's fields stand in its history,
-- in lists and reports as well: none of them can be private until those leave it out.
ALTER TABLE desk.field_rule
    ADD CONSTRAINT ck_field_rule_private_entity CHECK (NOT may_be_private OR entity = 'contact');
