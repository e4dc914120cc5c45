-- Search: words of any language, and unigrams and bigrams of Chinese, Japanese and Korean, which put no spaces
-- between words. Both sides, what is stored and what is asked, go through the same normalisation.

-- Full-width, accented and capital letters are all the same to a searcher.
CREATE FUNCTION desk.search_text(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT lower(desk.unaccent('desk.unaccent'::regdictionary, lower(normalize(given, NFKC)))) $$;

-- The runs of a text: of characters written without spaces (is_cjk), or of letters and digits.
-- Longer texts are cut, so that a row's words always fit into a tsvector.
CREATE FUNCTION desk.search_runs(given text) RETURNS TABLE (place bigint, run text, is_cjk boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT place, coalesce(found[1], left(found[2], 100)), found[1] IS NOT NULL
    FROM regexp_matches(
        left(desk.search_text(given), 100000),
        E'([々〇ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿ㐀-䶿一-鿿豈-﫿가-힣\U00020000-\U0003ffff]+)'
        || E'|([^\\W_々〇ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿ㐀-䶿一-鿿豈-﫿가-힣\U00020000-\U0003ffff]+)',
        'g'
    ) WITH ORDINALITY AS runs (found, place)
$$;

CREATE FUNCTION desk.search_words(given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH runs AS MATERIALIZED (SELECT place, run, is_cjk FROM desk.search_runs(given)), letters AS (
            -- partitioned by number: a long run as the key would be copied for each of its letters
            SELECT letter, letter || lead(letter) OVER (PARTITION BY runs.place ORDER BY l.place) AS pair
            FROM runs, string_to_table(runs.run, NULL) WITH ORDINALITY AS l (letter, place)
            WHERE runs.is_cjk
        )
        SELECT array_to_tsvector(coalesce(array_agg(DISTINCT word), '{}')) FROM (
            SELECT run AS word FROM runs WHERE NOT is_cjk
            UNION ALL SELECT letter FROM letters
            UNION ALL SELECT pair FROM letters WHERE pair IS NOT NULL
        ) AS words
    );
END
$$;

-- All words of the question; the last one with letters may be the beginning of a word. Null for no word at all.
CREATE FUNCTION desk.search_query(given text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH runs AS MATERIALIZED (
            SELECT place, run, is_cjk, NOT is_cjk AND place = max(place) FILTER (WHERE NOT is_cjk) OVER () AS is_last
            FROM desk.search_runs(left(given, 1000))
        )
        SELECT string_agg(quote_literal(word) || CASE WHEN is_last THEN ':*' ELSE '' END, ' & ')::tsquery FROM (
            SELECT run AS word, is_last FROM runs WHERE NOT is_cjk OR length(run) = 1
            UNION ALL
            SELECT substr(run, start, 2), false FROM runs, generate_series(1, length(run) - 1) AS start WHERE is_cjk
        ) AS words
    );
END
$$;

CREATE FUNCTION desk.is_private(entity_name text, field_name text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (SELECT is_private FROM desk.field_rule WHERE entity = entity_name AND field = field_name), false
    );
END
$$;

-- What is searched, by row: the one definition for the triggers and for desk.rebuild_search().
CREATE VIEW desk.search_source AS
SELECT 'ticket' AS entity, id AS entity_id, id AS ticket_id, false AS is_private, concat_ws(
    E'\n', number, subject, serial, external_id, next_step, description, resolution
) AS content
FROM desk.ticket WHERE deleted_at IS NULL
UNION ALL
SELECT 'comment', id, ticket_id, false, body FROM desk.comment WHERE body IS NOT NULL
UNION ALL
SELECT 'comment', comment.id, comment.ticket_id, true, comment_private.body
FROM desk.comment_private JOIN desk.comment ON comment.id = comment_private.comment_id
UNION ALL
SELECT 'interaction', id, ticket_id, false, summary
FROM desk.interaction WHERE summary IS NOT NULL AND deleted_at IS NULL
UNION ALL
SELECT 'customer', id, NULL, false, concat_ws(E'\n', number, name, short_name, note)
FROM desk.customer WHERE deleted_at IS NULL
UNION ALL
SELECT 'contact', id, NULL, false, concat_ws(
    E'\n', name, title,
    CASE WHEN NOT desk.is_private('contact', 'note') THEN note END,
    CASE WHEN NOT desk.is_private('contact', 'phone') THEN phone END,
    CASE WHEN NOT desk.is_private('contact', 'mail') THEN mail END
)
FROM desk.contact WHERE deleted_at IS NULL
UNION ALL
SELECT 'contact', id, NULL, true, concat_ws(
    E'\n',
    CASE WHEN desk.is_private('contact', 'note') THEN note END,
    CASE WHEN desk.is_private('contact', 'phone') THEN phone END,
    CASE WHEN desk.is_private('contact', 'mail') THEN mail END
)
FROM desk.contact
WHERE deleted_at IS NULL AND coalesce(
    CASE WHEN desk.is_private('contact', 'note') THEN note END,
    CASE WHEN desk.is_private('contact', 'phone') THEN phone END,
    CASE WHEN desk.is_private('contact', 'mail') THEN mail END
) IS NOT NULL;

CREATE FUNCTION desk.index_rows(entity_name text, ids bigint[]) RETURNS void
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

-- What no longer has anything to find: deleted rows, emptied texts.
CREATE FUNCTION desk.unindex_rows(entity_name text, ids bigint[]) RETURNS void
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

CREATE FUNCTION desk.index_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.index_rows(TG_TABLE_NAME, ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END
$$;

-- Arguments: the columns that are searched. A change of others leaves the entry alone.
CREATE FUNCTION desk.index_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(n.id) INTO ids FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
    WHERE EXISTS (
        SELECT FROM jsonb_each(to_jsonb(n)) AS after JOIN jsonb_each(to_jsonb(o)) AS before USING (key)
        WHERE key = ANY (TG_ARGV) AND after.value <> before.value
    );
    IF ids IS NOT NULL THEN
        PERFORM desk.index_rows(TG_TABLE_NAME, ids);
        PERFORM desk.unindex_rows(TG_TABLE_NAME, ids);
    END IF;
    RETURN NULL;
END
$$;

-- For the owner: all of it anew. Answers how many entries there are.
CREATE FUNCTION desk.rebuild_search() RETURNS bigint
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
