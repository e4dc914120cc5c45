-- Tables of shared/models/search.py

-- An entity whose search entries still have to follow its privacy: those of rows up to after_id have.
CREATE TABLE desk.search_move (
    entity text NOT NULL,
    after_id bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pk_search_move PRIMARY KEY (entity)
);

-- An entity of which a field was made private: the worker ends transactions of query-only machines that were open then.
-- A session looks for changed grants when it takes a lock, which a transaction that has read the table holds already.
CREATE TABLE desk.privacy_mark (
    entity text NOT NULL,
    seen_at timestamptz,
    CONSTRAINT pk_privacy_mark PRIMARY KEY (entity)
);

-- Only contacts are granted by column and have private entries in the search. A ticket's fields stand in its history,
-- in lists and reports as well: none of them can be private until those leave it out.
ALTER TABLE desk.field_rule
    ADD CONSTRAINT ck_field_rule_private_entity CHECK (NOT may_be_private OR entity = 'contact');
