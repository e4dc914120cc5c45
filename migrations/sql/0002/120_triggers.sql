-- Triggers of one kind fire in the order of their names: a_guard, b_fill, c_rules, d_ticket; then the AFTER ones.

-- Guard, version and rules of what machines insert and edit.
DO $$
DECLARE
    -- table, whether it has an origin, the time that must not lie in the future, its references
    spec text[][] := ARRAY[
        ['ticket', 'origin', 'reported_at', 'customer_id,customer,contact_id,contact,project_id,project,'
            'product_id,product,found_in_release_id,release,fixed_in_release_id,release,'
            'hardware_revision_id,hardware_revision,assignee_id,staff,department_id,department,'
            'waiting_for_staff_id,staff,waiting_for_department_id,department,duplicate_of_id,ticket'],
        ['customer', 'origin', '', 'served_by_id,staff'],
        ['contact', 'origin', '', 'customer_id,customer'],
        ['project', 'origin', '', 'customer_id,customer,product_id,product,manager_id,staff'],
        ['product', 'origin', '', ''],
        ['release', 'origin', '', 'product_id,product'],
        ['hardware_revision', 'origin', '', 'product_id,product'],
        ['interaction', 'origin', 'at', 'ticket_id,ticket,customer_id,customer,contact_id,contact,'
            'staff_id,staff,department_id,department'],
        ['complaint', 'origin', 'reported_at', 'customer_id,customer,contact_id,contact,product_id,product,'
            'ticket_id,ticket,department_id,department'],
        ['department', '', '', ''],
        ['staff', '', '', 'department_id,department'],
        ['choice', '', '', ''],
        ['field_rule', '', '', '']
    ];
    entry text[];
    arguments text;
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        EXECUTE format(
            'CREATE TRIGGER a_guard_insert BEFORE INSERT ON desk.%I FOR EACH ROW'
            ' EXECUTE FUNCTION desk.guard_insert(''editable'', %L)', entry[1], entry[2]
        );
        EXECUTE format(
            'CREATE TRIGGER a_guard_update BEFORE UPDATE ON desk.%I FOR EACH ROW'
            ' EXECUTE FUNCTION desk.guard_update(%L)', entry[1], entry[2]
        );
        SELECT string_agg(quote_literal(argument), ', ' ORDER BY place) INTO arguments
        FROM unnest(array_prepend(entry[3], string_to_array(entry[4], ','))) WITH ORDINALITY AS a (argument, place);
        EXECUTE format(
            'CREATE TRIGGER c_rules BEFORE INSERT OR UPDATE ON desk.%I FOR EACH ROW'
            ' EXECUTE FUNCTION desk.check_rules(%s)', entry[1], arguments
        );
    END LOOP;
END
$$;

CREATE TRIGGER a_guard_insert BEFORE INSERT ON desk.comment
    FOR EACH ROW EXECUTE FUNCTION desk.guard_insert('origin');
CREATE TRIGGER a_guard_insert BEFORE INSERT ON desk.attachment
    FOR EACH ROW EXECUTE FUNCTION desk.guard_insert('origin');
CREATE TRIGGER a_version BEFORE INSERT OR UPDATE ON desk.machine
    FOR EACH ROW EXECUTE FUNCTION desk.raise_version();

CREATE TRIGGER b_fill BEFORE INSERT OR UPDATE ON desk.ticket FOR EACH ROW EXECUTE FUNCTION desk.fill_ticket();
CREATE TRIGGER b_fill BEFORE INSERT OR UPDATE ON desk.customer FOR EACH ROW EXECUTE FUNCTION desk.fill_customer();
CREATE TRIGGER b_fill BEFORE INSERT ON desk.comment FOR EACH ROW EXECUTE FUNCTION desk.fill_comment();
CREATE TRIGGER b_fill BEFORE INSERT ON desk.attachment FOR EACH ROW EXECUTE FUNCTION desk.fill_attachment();
CREATE TRIGGER b_fill BEFORE INSERT ON desk.interaction FOR EACH ROW EXECUTE FUNCTION desk.fill_interaction();

CREATE TRIGGER c_rules BEFORE INSERT ON desk.comment
    FOR EACH ROW EXECUTE FUNCTION desk.check_rules('', 'ticket_id', 'ticket');
CREATE TRIGGER d_ticket BEFORE INSERT OR UPDATE ON desk.ticket FOR EACH ROW EXECUTE FUNCTION desk.check_ticket();
CREATE TRIGGER d_contact BEFORE INSERT OR UPDATE ON desk.interaction
    FOR EACH ROW EXECUTE FUNCTION desk.check_contact();
CREATE TRIGGER d_contact BEFORE INSERT OR UPDATE ON desk.complaint
    FOR EACH ROW EXECUTE FUNCTION desk.check_contact();

CREATE TRIGGER d_time_zone BEFORE INSERT OR UPDATE ON desk.customer
    FOR EACH ROW WHEN (NEW.time_zone IS NOT NULL) EXECUTE FUNCTION desk.check_time_zone();

CREATE TRIGGER d_choice BEFORE INSERT OR UPDATE ON desk.choice FOR EACH ROW EXECUTE FUNCTION desk.check_choice();
CREATE TRIGGER d_field_rule BEFORE INSERT OR UPDATE ON desk.field_rule
    FOR EACH ROW EXECUTE FUNCTION desk.check_field_rule();

CREATE TRIGGER e_event AFTER INSERT OR UPDATE ON desk.ticket
    FOR EACH ROW EXECUTE FUNCTION desk.write_ticket_event();
CREATE TRIGGER e_private AFTER UPDATE ON desk.field_rule
    FOR EACH ROW WHEN (NEW.is_private <> OLD.is_private) EXECUTE FUNCTION desk.follow_private();

-- Append-only.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{ticket_event,comment,attachment,audit_entry}'::text[] LOOP
        EXECUTE format(
            'CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change()', name
        );
    END LOOP;
    -- Their rows can be removed, so that a person can be forgotten, but never be altered.
    FOREACH name IN ARRAY '{comment_private,audit_private}'::text[] LOOP
        EXECUTE format(
            'CREATE TRIGGER a_append_only BEFORE UPDATE ON desk.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change()', name
        );
    END LOOP;
END
$$;

-- Audit of every table that holds what people decided.
DO $$
DECLARE
    spec text[][] := ARRAY[
        ['ticket', 'id'], ['comment', 'id'], ['comment_private', 'comment_id'], ['customer', 'id'], ['contact', 'id'],
        ['project', 'id'], ['product', 'id'], ['release', 'id'], ['hardware_revision', 'id'],
        ['release_hardware', 'release_id,hardware_revision_id'], ['interaction', 'id'], ['complaint', 'id'],
        ['department', 'id'], ['staff', 'id'], ['machine', 'id'], ['machine_person', 'machine_id,staff_id'],
        ['machine_certificate', 'machine_id'], ['choice_list', 'code'], ['choice', 'id'],
        ['dependent_choice', 'parent_id,child_id'], ['field_rule', 'id'],
        ['status_transition', 'from_status,to_status'], ['setting', 'key'], ['version_gate', 'id']
    ];
    entry text[];
    arguments text;
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        SELECT string_agg(quote_literal(name), ', ') INTO arguments FROM unnest(string_to_array(entry[2], ',')) AS name;
        EXECUTE format(
            'CREATE TRIGGER x_audit_insert AFTER INSERT ON desk.%I REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_insert(%s)', entry[1], arguments
        );
        EXECUTE format(
            'CREATE TRIGGER x_audit_update AFTER UPDATE ON desk.%I'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_update(%s)', entry[1], arguments
        );
        EXECUTE format(
            'CREATE TRIGGER x_audit_delete AFTER DELETE ON desk.%I REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_delete(%s)', entry[1], arguments
        );
    END LOOP;
END
$$;
CREATE TRIGGER x_audit_insert AFTER INSERT ON desk.attachment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_attachment('id');
CREATE TRIGGER x_audit_insert AFTER INSERT ON desk.ticket_event REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_imported_event('id');

-- Search entries.
DO $$
DECLARE
    spec text[][] := ARRAY[
        ['ticket', 'number,subject,serial,external_id,next_step,description,resolution,deleted_at'],
        ['interaction', 'summary,ticket_id,deleted_at'],
        ['customer', 'number,name,short_name,note,deleted_at'],
        ['contact', 'name,title,note,phone,mail,deleted_at']
    ];
    entry text[];
    arguments text;
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        SELECT string_agg(quote_literal(name), ', ') INTO arguments FROM unnest(string_to_array(entry[2], ',')) AS name;
        EXECUTE format(
            'CREATE TRIGGER y_search_insert AFTER INSERT ON desk.%I REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.index_added()', entry[1]
        );
        EXECUTE format(
            'CREATE TRIGGER y_search_update AFTER UPDATE ON desk.%I'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.index_changed(%s)', entry[1], arguments
        );
    END LOOP;
END
$$;
CREATE TRIGGER y_search_insert AFTER INSERT ON desk.comment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.index_added();

-- Summaries.
CREATE TRIGGER z_summary_insert AFTER INSERT ON desk.ticket REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.summarise_new_tickets();
CREATE TRIGGER z_summary_insert AFTER INSERT ON desk.ticket_event REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.summarise_added();
CREATE TRIGGER z_summary_insert AFTER INSERT ON desk.comment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.summarise_added();
CREATE TRIGGER z_summary_insert AFTER INSERT ON desk.interaction REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.summarise_added();
CREATE TRIGGER z_summary_update AFTER UPDATE ON desk.interaction
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION desk.summarise_changed();
