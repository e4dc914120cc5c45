-- What may be written, by column: never what the desk itself writes (id, number, origin, touched, times, who it was).
-- Nobody has DELETE or TRUNCATE.

DO $$
DECLARE
    spec text[][] := ARRAY[
        ['desk_full', 'ticket'], ['desk_full', 'customer'], ['desk_full', 'contact'], ['desk_full', 'project'],
        ['desk_full', 'interaction'], ['desk_full', 'complaint'],
        ['desk_admin', 'product'], ['desk_admin', 'release'], ['desk_admin', 'hardware_revision'],
        ['desk_admin', 'department'], ['desk_admin', 'staff']
    ];
    by_the_desk text[] := '{id,number,origin,touched,import_source,external_id,machine,created_at,updated_at}';
    by_updates text[] := '{lease_token,row_version,deleted_at}';
    entry text[];
    for_insert text;
    for_update text;
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        SELECT string_agg(quote_ident(attname), ', ') FILTER (WHERE attname <> ALL (by_updates)),
            string_agg(quote_ident(attname), ', ')
        INTO for_insert, for_update
        FROM pg_attribute
        WHERE attrelid = format('desk.%I', entry[2])::regclass AND attnum > 0 AND NOT attisdropped
            AND attname <> ALL (by_the_desk);
        EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON desk.%I TO %I', for_insert, for_update, entry[2], entry[1]);
    END LOOP;
END
$$;

GRANT INSERT (ticket_id, is_private, body, save_id) ON desk.comment TO desk_full;
GRANT INSERT (ticket_id, name, media_type, content, save_id) ON desk.attachment TO desk_full;
GRANT EXECUTE ON FUNCTION desk.lease_take(text, bigint), desk.lease_release(text, bigint, bigint) TO desk_full;

-- A choice keeps its list and code, a field rule its field; what may be private is the schema's word. The lists
-- themselves are the program's.
GRANT INSERT (list_code, code, label_en, label_zh, position, retired_at, save_id),
    UPDATE (label_en, label_zh, position, retired_at, deleted_at, save_id, lease_token, row_version)
    ON desk.choice TO desk_admin;
GRANT INSERT (entity, field, label_en, label_zh, help_en, help_zh, choice_list, depends_on, is_required,
        required_status, required_kind, is_custom, position, save_id),
    UPDATE (label_en, label_zh, help_en, help_zh, is_required, required_status, required_kind, is_private, position,
        deleted_at, save_id, lease_token, row_version)
    ON desk.field_rule TO desk_admin;
GRANT EXECUTE ON FUNCTION
    desk.dependent_choice_set(bigint, bigint, boolean), desk.release_hardware_set(bigint, bigint, boolean)
TO desk_admin;
