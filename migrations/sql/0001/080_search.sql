-- Tables of shared/models/search.py

CREATE TABLE desk.search_private (
    entity text NOT NULL,
    entity_id bigint NOT NULL,
    ticket_id bigint,
    words tsvector NOT NULL,
    CONSTRAINT pk_search_private PRIMARY KEY (entity, entity_id),
    CONSTRAINT fk_search_private_ticket_id FOREIGN KEY(ticket_id) REFERENCES desk.ticket (id)
);
CREATE INDEX ix_search_private_ticket_id ON desk.search_private (ticket_id);
CREATE INDEX ix_search_private_words ON desk.search_private USING gin (words);

CREATE TABLE desk.search_public (
    entity text NOT NULL,
    entity_id bigint NOT NULL,
    ticket_id bigint,
    words tsvector NOT NULL,
    CONSTRAINT pk_search_public PRIMARY KEY (entity, entity_id),
    CONSTRAINT fk_search_public_ticket_id FOREIGN KEY(ticket_id) REFERENCES desk.ticket (id)
);
CREATE INDEX ix_search_public_ticket_id ON desk.search_public (ticket_id);
CREATE INDEX ix_search_public_words ON desk.search_public USING gin (words);
