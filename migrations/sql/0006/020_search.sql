-- Entries are written under a shared lock on the rules that say what is private. So whoever changes such a rule waits
-- for those who are writing, and whoever writes after it sees it; a transaction with an older snapshot (REPEATABLE
-- READ) is refused with 40001 instead of writing by the old rule.
CREATE OR REPLACE FUNCTION desk.index_rows(entity_name text, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF entity_name = 'contact' THEN
        PERFORM FROM desk.field_rule WHERE entity = 'contact' AND may_be_private ORDER BY id FOR SHARE;
    END IF;
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

-- What no longer has anything to find: deleted rows, emptied texts. The ids are found first: asked row by row, the
-- view would be read anew for each of them.
CREATE OR REPLACE FUNCTION desk.unindex_rows(entity_name text, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    DELETE FROM desk.search_public WHERE entity = entity_name AND entity_id = ANY (ARRAY(
        SELECT unnest(ids) EXCEPT
        SELECT entity_id FROM desk.search_source WHERE entity = entity_name AND entity_id = ANY (ids) AND NOT is_private
    ));
    IF entity_name IN ('comment', 'contact') THEN
        DELETE FROM desk.search_private WHERE entity = entity_name AND entity_id = ANY (ARRAY(
            SELECT unnest(ids) EXCEPT
            SELECT entity_id FROM desk.search_source WHERE entity = entity_name AND entity_id = ANY (ids) AND is_private
        ));
    END IF;
END
$$;

-- For the owner: all of it anew. Answers how many entries there are.
CREATE OR REPLACE FUNCTION desk.rebuild_search() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM desk.search_move;
    PERFORM FROM desk.field_rule WHERE may_be_private ORDER BY id FOR SHARE;
    DELETE FROM desk.search_public;
    DELETE FROM desk.search_private;
    INSERT INTO desk.search_public (entity, entity_id, ticket_id, words)
    SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source WHERE NOT is_private;
    INSERT INTO desk.search_private (entity, entity_id, ticket_id, words)
    SELECT entity, entity_id, ticket_id, desk.search_words(content) FROM desk.search_source WHERE is_private;
    RETURN (SELECT count(*) FROM desk.search_public) + (SELECT count(*) FROM desk.search_private);
END
$$;
