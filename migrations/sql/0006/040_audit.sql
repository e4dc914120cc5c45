-- What may be private goes to audit_private from the beginning: an entry can't be changed when its field is marked.
CREATE OR REPLACE FUNCTION desk.private_fields(entity_name text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(field), '{}') FROM (
            SELECT field FROM desk.field_rule WHERE entity = entity_name AND may_be_private
            UNION SELECT 'body' WHERE entity_name = 'comment_private'
        ) AS private
    );
END
$$;
