-- What the desk itself writes into a new row: numbers, and who did it.

CREATE FUNCTION desk.department_of(person bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT department_id FROM desk.staff WHERE id = person);
END
$$;

CREATE FUNCTION desk.fill_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.number := nextval('desk.ticket_number');
        NEW.reported_at := coalesce(NEW.reported_at, clock_timestamp());
        NEW.touched := false;
        RETURN NEW;
    END IF;
    IF NEW.number <> OLD.number THEN
        PERFORM desk.refuse('DK017', 'a number never changes', 'number');
    END IF;
    NEW.touched := OLD.touched OR desk.is_machine();
    RETURN NEW;
END
$$;

CREATE FUNCTION desk.fill_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    digits text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        digits := nextval('desk.customer_number')::text;
        NEW.number := 'C' || lpad(digits, greatest(5, length(digits)), '0');
    ELSIF NEW.number <> OLD.number THEN
        PERFORM desk.refuse('DK017', 'a number never changes', 'number');
    END IF;
    RETURN NEW;
END
$$;

-- The text of a private comment goes to a table of its own, which query-only machines can't read.
CREATE FUNCTION desk.fill_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF desk.has_text(NEW.body) IS NOT TRUE THEN
        PERFORM desk.refuse('DK010', 'a comment needs a text', 'body');
    ELSIF length(NEW.body) > 100000 AND NOT desk.is_importing() THEN
        PERFORM desk.refuse('DK019', 'this text is too long', 'body');
    END IF;
    IF desk.is_machine() THEN
        NEW.machine := desk.current_machine();
        NEW.person_id := desk.current_person();
        NEW.department_id := desk.department_of(NEW.person_id);
    END IF;
    IF NEW.is_private THEN
        INSERT INTO desk.comment_private (comment_id, body) VALUES (NEW.id, NEW.body);
        NEW.body := NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION desk.fill_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM desk.ticket WHERE id = NEW.ticket_id AND deleted_at IS NOT NULL) THEN
        PERFORM desk.refuse('DK018', 'the ticket was deleted', 'ticket_id');
    END IF;
    IF desk.is_machine() THEN
        NEW.machine := desk.current_machine();
        NEW.person_id := desk.current_person();
    END IF;
    RETURN NEW;
END
$$;

-- An exchange may have been led by somebody else than the one who logs it. Its customer is its ticket's or contact's,
-- unless stated: figures by customer must not miss it.
CREATE FUNCTION desk.fill_interaction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.at := coalesce(NEW.at, clock_timestamp());
    IF desk.is_machine() THEN
        NEW.machine := desk.current_machine();
        NEW.staff_id := coalesce(NEW.staff_id, desk.current_person());
        NEW.customer_id := coalesce(
            NEW.customer_id,
            (SELECT customer_id FROM desk.ticket WHERE id = NEW.ticket_id),
            (SELECT customer_id FROM desk.contact WHERE id = NEW.contact_id)
        );
    END IF;
    NEW.department_id := coalesce(NEW.department_id, desk.department_of(NEW.staff_id));
    RETURN NEW;
END
$$;
