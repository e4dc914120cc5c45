-- A ticket's history. Nobody writes it by hand; an import brings its own lines, so that none is made up for it.

-- {field: [old, new]} of what differs, without the fields of "hidden". A missing row counts as all null.
CREATE FUNCTION desk.row_changes(old_row jsonb, new_row jsonb, hidden text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(o.value, n.value)), '{}')
        FROM jsonb_each(new_row) AS n FULL JOIN jsonb_each(old_row) AS o USING (key)
        WHERE coalesce(o.value, 'null') <> coalesce(n.value, 'null') AND key <> ALL (hidden)
    );
END
$$;

CREATE FUNCTION desk.write_ticket_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    person bigint;
    told jsonb;
BEGIN
    IF desk.is_importing() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        told := desk.row_changes(
            to_jsonb(OLD), to_jsonb(NEW), '{save_id,lease_token,row_version,updated_at,touched,created_at}'
        );
        IF told = '{}' THEN
            RETURN NULL;
        END IF;
    END IF;
    person := desk.current_person();
    INSERT INTO desk.ticket_event (ticket_id, at, kind, status, changes, machine, person_id, department_id)
    VALUES (
        NEW.id,
        CASE WHEN TG_OP = 'INSERT' THEN NEW.created_at ELSE clock_timestamp() END,
        CASE
            WHEN TG_OP = 'INSERT' THEN 'created'
            WHEN told ? 'status' THEN 'status'
            WHEN told ? 'department_id' THEN 'handed_over'
            WHEN told ? 'assignee_id' THEN 'assigned'
            ELSE 'changed'
        END,
        CASE WHEN TG_OP = 'INSERT' OR told ? 'status' THEN NEW.status END,
        told,
        desk.current_machine(),
        person,
        desk.department_of(person)
    );
    RETURN NULL;
END
$$;
