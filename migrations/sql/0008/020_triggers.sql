-- Which tables send notices. Derived tables, the audit and what the worker writes of itself send none; a screen of the
-- audit follows the notices of all others.
DO $$
DECLARE
    -- the function at insert and delete, and at update, and the tables
    spec text[][] := ARRAY[
        ['notice_rows', 'notice_rows', 'ticket,customer,contact,project,product,release,hardware_revision,interaction,'
            'complaint,department,staff,machine,choice,field_rule'],
        ['notice_any', 'notice_any', 'choice_list,dependent_choice,release_hardware,status_transition,setting,'
            'version_gate,security_event'],
        ['notice_machine', 'notice_machine', 'machine_person,machine_certificate,enrolment_code'],
        ['notice_lease', 'notice_lease_changed', 'edit_lease']
    ];
    entry text[];
    name text;
BEGIN
    FOREACH entry SLICE 1 IN ARRAY spec LOOP
        FOREACH name IN ARRAY string_to_array(entry[3], ',') LOOP
            EXECUTE format(
                'CREATE TRIGGER z_notice_insert AFTER INSERT ON desk.%I REFERENCING NEW TABLE AS changed'
                ' FOR EACH STATEMENT EXECUTE FUNCTION desk.%I()', name, entry[1]
            );
            EXECUTE format(
                'CREATE TRIGGER z_notice_update AFTER UPDATE ON desk.%I'
                ' REFERENCING OLD TABLE AS before NEW TABLE AS changed'
                ' FOR EACH STATEMENT EXECUTE FUNCTION desk.%I()', name, entry[2]
            );
            EXECUTE format(
                'CREATE TRIGGER z_notice_delete AFTER DELETE ON desk.%I REFERENCING OLD TABLE AS changed'
                ' FOR EACH STATEMENT EXECUTE FUNCTION desk.%I()', name, entry[1]
            );
        END LOOP;
    END LOOP;
    FOREACH name IN ARRAY '{comment,attachment,ticket_event,interaction,complaint}'::text[] LOOP
        EXECUTE format(
            'CREATE TRIGGER z_notice_beside AFTER INSERT ON desk.%I REFERENCING NEW TABLE AS changed'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.notice_beside()', name
        );
    END LOOP;
    FOREACH name IN ARRAY '{interaction,complaint}'::text[] LOOP
        EXECUTE format(
            'CREATE TRIGGER z_notice_moved AFTER UPDATE ON desk.%I REFERENCING OLD TABLE AS before NEW TABLE AS changed'
            ' FOR EACH STATEMENT EXECUTE FUNCTION desk.notice_moved()', name
        );
    END LOOP;
END
$$;
CREATE TRIGGER z_notice_forgotten AFTER DELETE ON desk.comment_private REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION desk.notice_forgotten();

-- Nobody calls these but the triggers.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT own FROM desk.own_functions() AS own WHERE own::text ~ '^(desk\.)?(notice_|send_notice)'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
END
$$;
