-- Undo of 0006. What is still moving is moved first. The settings stay: nothing below reads them, and a site may have
-- changed them.
DO $$
BEGIN
    WHILE EXISTS (SELECT FROM desk.search_move) LOOP
        PERFORM desk.field_private_move(2000);
    END LOOP;
END
$$;
REVOKE DELETE ON desk.signing_request, desk.enrolment_code FROM desk_worker;
REVOKE SELECT (id, expires_at, used_at, withdrawn_at) ON desk.enrolment_code FROM desk_worker;
DROP FUNCTION desk.field_private_set(text, text, boolean, uuid, bigint, bigint);
DROP FUNCTION desk.field_private_move(int);
DROP FUNCTION desk.field_private_left();
GRANT UPDATE (is_private) ON desk.field_rule TO desk_admin;
ALTER TABLE desk.field_rule DROP CONSTRAINT ck_field_rule_private_entity;

CREATE OR REPLACE FUNCTION desk.follow_private() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids bigint[];
BEGIN
    PERFORM desk.apply_private_grants(NEW.entity);
    EXECUTE format('SELECT array_agg(id) FROM desk.%I', NEW.entity) INTO ids;
    PERFORM desk.index_rows(NEW.entity, ids);
    PERFORM desk.unindex_rows(NEW.entity, ids);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION desk.private_fields(entity_name text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(field), '{}') FROM (
            SELECT field FROM desk.field_rule WHERE entity = entity_name AND is_private
            UNION SELECT 'body' WHERE entity_name = 'comment_private'
        ) AS private
    );
END
$$;

CREATE OR REPLACE FUNCTION desk.index_rows(entity_name text, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    INSERT INTO desk.search_public (entity, entity_id, ticket_id, words)
    SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source
    WHERE entity = entity_name AND entity_id = ANY (ids) AND NOT is_private
    ON CONFLICT (entity, entity_id) DO UPDATE SET ticket_id = excluded.ticket_id, words = excluded.words;
    IF entity_name IN ('comment', 'contact') THEN
        INSERT INTO desk.search_private (entity, entity_id, ticket_id, words)
        SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source
        WHERE entity = entity_name AND entity_id = ANY (ids) AND is_private
        ON CONFLICT (entity, entity_id) DO UPDATE SET ticket_id = excluded.ticket_id, words = excluded.words;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION desk.rebuild_search() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM desk.search_public;
    DELETE FROM desk.search_private;
    INSERT INTO desk.search_public (entity, entity_id, ticket_id, words)
    SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source WHERE NOT is_private;
    INSERT INTO desk.search_private (entity, entity_id, ticket_id, words)
    SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source WHERE is_private;
    RETURN (SELECT count(*) FROM desk.search_public) + (SELECT count(*) FROM desk.search_private);
END
$$;

CREATE OR REPLACE FUNCTION desk.unindex_rows(entity_name text, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    DELETE FROM desk.search_public AS entry
    WHERE entry.entity = entity_name AND entry.entity_id = ANY (ids) AND NOT EXISTS (
        SELECT FROM desk.search_source AS source
        WHERE source.entity = entity_name AND source.entity_id = entry.entity_id AND NOT source.is_private
    );
    DELETE FROM desk.search_private AS entry
    WHERE entry.entity = entity_name AND entry.entity_id = ANY (ids) AND NOT EXISTS (
        SELECT FROM desk.search_source AS source
        WHERE source.entity = entity_name AND source.entity_id = entry.entity_id AND source.is_private
    );
END
$$;

DROP TABLE desk.search_move;
DROP TABLE desk.privacy_mark;
