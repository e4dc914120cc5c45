-- Making a field private and open again. What protects happens in one transaction: the rule, the column grants, and
-- the public entries that hold the field are gone. What only brings back (entries without the field; of a field that
-- is open again, entries with it) follows in portions. A row that is new or changed meanwhile is right by itself.

-- How many rows still have to be looked at.
CREATE FUNCTION desk.field_private_left() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    move desk.search_move;
    here bigint;
    in_all bigint := 0;
BEGIN
    FOR move IN SELECT * FROM desk.search_move LOOP
        EXECUTE format('SELECT count(*) FROM desk.%I WHERE id > $1', move.entity) INTO here USING move.after_id;
        in_all := in_all + here;
    END LOOP;
    RETURN in_all;
END
$$;

-- By trigger, so that the owner's own UPDATE has the same effect; machines have no grant on is_private.
CREATE OR REPLACE FUNCTION desk.follow_private() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET default_statistics_target = 10
AS $$
BEGIN
    PERFORM desk.apply_private_grants(NEW.entity);
    INSERT INTO desk.search_move (entity) VALUES (NEW.entity)
    ON CONFLICT (entity) DO UPDATE SET after_id = 0;
    IF NEW.is_private THEN
        INSERT INTO desk.privacy_mark (entity) VALUES (NEW.entity) ON CONFLICT (entity) DO UPDATE SET seen_at = NULL;
        EXECUTE format(
            'DELETE FROM desk.search_public AS entry USING desk.%I AS source'
            ' WHERE entry.entity = $1 AND entry.entity_id = source.id AND source.%I IS NOT NULL', NEW.entity, NEW.field
        ) USING NEW.entity;
        -- Its statistics name frequent words, and pg_stats and EXPLAIN's estimates tell them to everybody who may
        -- read the table. A small sample will do: autovacuum takes a better one.
        ANALYZE desk.search_public (words);
    END IF;
    RETURN NULL;
END
$$;

-- row_version is the version that was read. Answers how many rows field_private_move still has to look at.
CREATE FUNCTION desk.field_private_set(
    entity text, field text, is_private boolean, save_id uuid, lease_token bigint, row_version bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The locks in the order of field_private_move, then those of all rules of the entity: two administrators who
    -- change two fields of it at once would make each other's grants.
    PERFORM FROM desk.search_move AS move WHERE move.entity = field_private_set.entity FOR UPDATE;
    PERFORM FROM desk.field_rule AS rule
    WHERE rule.entity = field_private_set.entity AND rule.may_be_private ORDER BY rule.id FOR NO KEY UPDATE;
    UPDATE desk.field_rule AS rule SET
        is_private = field_private_set.is_private,
        save_id = field_private_set.save_id,
        lease_token = field_private_set.lease_token,
        row_version = field_private_set.row_version + 1
    WHERE rule.entity = field_private_set.entity AND rule.field = field_private_set.field;
    IF NOT FOUND THEN
        PERFORM desk.refuse('DK018', 'no such field', 'field');
    END IF;
    RETURN desk.field_private_left();
END
$$;

-- Moves the entries of the next rows, 2,000 at most, and answers how many rows are left. It may be called at any time
-- by several at once: the second waits for the first one's portion and goes on after it.
CREATE FUNCTION desk.field_private_move(batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    move desk.search_move;
    portion int := least(greatest(coalesce(batch, 500), 0), 2000);
    ids bigint[];
BEGIN
    SELECT * INTO move FROM desk.search_move ORDER BY search_move.entity LIMIT 1 FOR UPDATE;
    IF NOT FOUND OR portion = 0 THEN
        RETURN desk.field_private_left();
    END IF;
    EXECUTE format('SELECT array_agg(id) FROM (SELECT id FROM desk.%I WHERE id > $1 ORDER BY id LIMIT $2) AS next',
        move.entity) INTO ids USING move.after_id, portion;
    IF ids IS NOT NULL THEN
        PERFORM desk.index_rows(move.entity, ids);
        PERFORM desk.unindex_rows(move.entity, ids);
        UPDATE desk.search_move SET after_id = ids[cardinality(ids)] WHERE search_move.entity = move.entity;
    END IF;
    IF coalesce(cardinality(ids), 0) < portion THEN
        DELETE FROM desk.search_move WHERE search_move.entity = move.entity;
    END IF;
    RETURN desk.field_private_left();
END
$$;

REVOKE UPDATE (is_private) ON desk.field_rule FROM desk_admin;
GRANT EXECUTE ON FUNCTION
    desk.field_private_set(text, text, boolean, uuid, bigint, bigint), desk.field_private_left()
TO desk_admin;
GRANT SELECT, UPDATE (seen_at), DELETE ON desk.privacy_mark TO desk_worker;
GRANT SELECT ON desk.search_move TO desk_worker;
-- the worker brings to an end what an administrator's client left
GRANT EXECUTE ON FUNCTION desk.field_private_move(int) TO desk_admin, desk_worker;
