-- Forgetting a person: what is private goes for good, what is sealed stays as it is and keeps the hash.

-- What a running transaction may remove from tables that are only ever added to. Only desk.forget_contact fills it,
-- and empties it before it ends.
CREATE TABLE desk.forgetting (
    relation text NOT NULL,
    row_id bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_forgetting PRIMARY KEY (relation, row_id)
);

-- Argument: the key column. Lets a row go, or a file be emptied, where this transaction forgets exactly this row.
CREATE FUNCTION desk.allow_forgetting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM desk.forgetting
        WHERE relation = TG_TABLE_NAME AND row_id = (to_jsonb(OLD) ->> TG_ARGV[0])::bigint
            AND at = transaction_timestamp()
    ) OR TG_OP = 'UPDATE' AND (
        (to_jsonb(NEW) ->> 'name', to_jsonb(NEW) ->> 'size') <> ('forgotten', '0')
        OR to_jsonb(NEW) - '{name,media_type,content,size,sha256}'::text[]
            <> to_jsonb(OLD) - '{name,media_type,content,size,sha256}'::text[]
    ) THEN
        PERFORM desk.refuse('DK020', format('%s is only ever added to', TG_TABLE_NAME));
    END IF;
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW ELSE OLD END;
END
$$;

-- A statement that meets no row is refused as well, unless it forgets.
CREATE FUNCTION desk.refuse_unless_forgetting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM desk.forgetting WHERE relation = TG_TABLE_NAME AND at = transaction_timestamp()
    ) THEN
        PERFORM desk.refuse('DK020', format('%s is only ever added to', TG_TABLE_NAME));
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER a_append_only ON desk.attachment;
CREATE TRIGGER a_append_only BEFORE DELETE OR TRUNCATE ON desk.attachment
    FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change();
CREATE TRIGGER a_forget_statement BEFORE UPDATE ON desk.attachment
    FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_unless_forgetting();
CREATE TRIGGER a_forget BEFORE UPDATE ON desk.attachment
    FOR EACH ROW EXECUTE FUNCTION desk.allow_forgetting('id');

DO $$
DECLARE
    spec text[][] := ARRAY[['comment_private', 'comment_id'], ['audit_private', 'entry_id']];
    entry text[];
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        EXECUTE format('DROP TRIGGER a_append_only ON desk.%I', entry[1]);
        EXECUTE format(
            'CREATE TRIGGER a_append_only BEFORE UPDATE OR TRUNCATE ON desk.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change()', entry[1]
        );
        EXECUTE format(
            'CREATE TRIGGER a_forget_statement BEFORE DELETE ON desk.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_unless_forgetting()', entry[1]
        );
        EXECUTE format(
            'CREATE TRIGGER a_forget BEFORE DELETE ON desk.%I'
            ' FOR EACH ROW EXECUTE FUNCTION desk.allow_forgetting(%L)', entry[1], entry[2]
        );
    END LOOP;
END
$$;

-- Removes a contact's values: the row stays, named 'forgotten', so that tickets and figures keep what they point to.
-- Gone are the row's values, its search words, the private part of its audit entries, and the private comments and the
-- files that are named. Answers how many of each. It is audited by the numbers of what went, never by the values.
CREATE FUNCTION desk.forget_contact(contact_id bigint, comments bigint[], files bigint[])
RETURNS TABLE (entries bigint, private_comments bigint, attachments bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    me timestamptz := transaction_timestamp();
    gone bigint[];
BEGIN
    PERFORM FROM desk.contact AS c WHERE c.id = forget_contact.contact_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM desk.refuse('DK018', 'no such contact', 'contact_id');
    END IF;
    INSERT INTO desk.forgetting (relation, row_id, at)
    SELECT 'comment_private', p.comment_id, me FROM desk.comment_private AS p WHERE p.comment_id = ANY (comments)
    UNION ALL SELECT 'attachment', a.id, me FROM desk.attachment AS a WHERE a.id = ANY (files);

    UPDATE desk.contact AS c SET
        name = 'forgotten', title = NULL, phone = NULL, mail = NULL, note = NULL,
        retired_at = coalesce(c.retired_at, clock_timestamp())
    WHERE c.id = forget_contact.contact_id;
    private_comments := 0;
    attachments := 0;
    IF EXISTS (SELECT FROM desk.forgetting WHERE relation = 'comment_private') THEN
        DELETE FROM desk.comment_private AS p WHERE p.comment_id = ANY (comments);
        GET DIAGNOSTICS private_comments = ROW_COUNT;
        PERFORM desk.unindex_rows('comment', comments);
    END IF;
    IF EXISTS (SELECT FROM desk.forgetting WHERE relation = 'attachment') THEN
        UPDATE desk.attachment AS a SET name = 'forgotten', media_type = 'application/octet-stream', content = ''
        WHERE a.id = ANY (files);
        GET DIAGNOSTICS attachments = ROW_COUNT;
    END IF;

    -- What these changes themselves have told the audit is among it.
    SELECT coalesce(array_agg(p.entry_id ORDER BY p.entry_id), '{}') INTO gone
    FROM desk.audit_private AS p JOIN desk.audit_entry AS e ON e.id = p.entry_id
    WHERE (e.entity = 'contact' AND e.row_key = forget_contact.contact_id::text)
        OR (e.entity IN ('comment', 'comment_private') AND e.row_key = ANY (comments::text[]))
        OR (e.entity = 'attachment' AND e.row_key = ANY (files::text[]));
    IF gone <> '{}' THEN
        INSERT INTO desk.forgetting (relation, row_id, at) SELECT 'audit_private', g, me FROM unnest(gone) AS g;
        DELETE FROM desk.audit_private AS p WHERE p.entry_id = ANY (gone);
    END IF;
    DELETE FROM desk.forgetting AS f WHERE f.at = me;
    INSERT INTO desk.audit_entry (machine, person_id, version, action, entity, row_key, changes)
    VALUES (
        desk.current_machine(), desk.current_person(), nullif(left(current_setting('desk.version', true), 40), ''),
        'update', 'contact', forget_contact.contact_id::text, jsonb_build_object('forgotten', jsonb_build_array(
            NULL, jsonb_build_object(
                'entries', to_jsonb(gone), 'comments', to_jsonb(coalesce(comments, '{}')),
                'attachments', to_jsonb(coalesce(files, '{}'))
            )
        ))
    );
    entries := cardinality(gone);
    RETURN NEXT;
END
$$;

-- Rows go one by one, so that the audit tells of each; TRUNCATE would pass it by.
CREATE FUNCTION desk.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.refuse('DK020', format('%s is audited: its rows are deleted, never truncated', TG_TABLE_NAME));
    RETURN NULL;
END
$$;

DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'x_audit_delete' AND NOT tgisinternal
    LOOP
        EXECUTE format(
            'CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_truncate()', relation
        );
    END LOOP;
END
$$;
