-- What only tickets know: the status graph, and which contact, project, release and hardware go together.

CREATE FUNCTION desk.check_transition(old_status text, new_status text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM desk.status_transition WHERE from_status = old_status AND to_status = new_status) THEN
        PERFORM desk.refuse('DK014', 'no such step from this status', 'status');
    END IF;
END
$$;

CREATE FUNCTION desk.check_release(field text, stated_release bigint, stated_product bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF stated_release IS NOT NULL AND NOT EXISTS (
        SELECT FROM desk.release WHERE id = stated_release AND product_id = stated_product
    ) THEN
        PERFORM desk.refuse('DK013', 'this release is not one of the product', field);
    END IF;
END
$$;

CREATE FUNCTION desk.check_hardware(stated_hardware bigint, stated_release bigint, stated_product bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF stated_hardware IS NULL THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM desk.hardware_revision WHERE id = stated_hardware AND product_id = stated_product) THEN
        PERFORM desk.refuse('DK013', 'this hardware revision is not one of the product', 'hardware_revision_id');
    ELSIF stated_release IS NOT NULL AND NOT EXISTS (
        SELECT FROM desk.release_hardware
        WHERE release_id = stated_release AND hardware_revision_id = stated_hardware
    ) THEN
        PERFORM desk.refuse('DK013', 'this release does not run on the hardware revision', 'hardware_revision_id');
    END IF;
END
$$;

CREATE FUNCTION desk.check_customer(stated_customer bigint, stated_contact bigint, stated_project bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF stated_contact IS NOT NULL AND NOT EXISTS (
        SELECT FROM desk.contact WHERE id = stated_contact AND customer_id = stated_customer
    ) THEN
        PERFORM desk.refuse('DK013', 'this contact is not one of the customer', 'contact_id');
    ELSIF stated_project IS NOT NULL AND NOT EXISTS (
        SELECT FROM desk.project WHERE id = stated_project AND customer_id = stated_customer
    ) THEN
        PERFORM desk.refuse('DK013', 'this project is not one of the customer', 'project_id');
    END IF;
END
$$;

-- Two tickets must not be duplicates of each other, by whatever way round. The rows on the way are locked, so that
-- nobody closes the circle from its other side at the same time.
CREATE FUNCTION desk.check_duplicate(ticket bigint, original bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    longest CONSTANT integer := 100; -- an import may bring a circle of its own
BEGIN
    FOR step IN 1 .. longest LOOP
        EXIT WHEN original = ticket;
        SELECT duplicate_of_id INTO original FROM desk.ticket WHERE id = original FOR SHARE;
        IF original IS NULL THEN
            RETURN;
        END IF;
    END LOOP;
    PERFORM desk.refuse('DK013', 'that ticket is itself a duplicate of this one', 'duplicate_of_id');
END
$$;

CREATE FUNCTION desk.check_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    was desk.ticket;  -- all null for a new ticket
    product_changed boolean;
    release_changed boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    END IF;
    IF desk.is_importing() AND desk.is_imported(CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END) THEN
        RETURN NEW;
    END IF;
    product_changed := NEW.product_id IS DISTINCT FROM was.product_id;
    release_changed := NEW.found_in_release_id IS DISTINCT FROM was.found_in_release_id;
    IF NEW.status IS DISTINCT FROM was.status THEN
        PERFORM desk.check_transition(coalesce(was.status, ''), NEW.status);
    END IF;
    IF NEW.customer_id IS DISTINCT FROM was.customer_id OR NEW.contact_id IS DISTINCT FROM was.contact_id
        OR NEW.project_id IS DISTINCT FROM was.project_id
    THEN
        PERFORM desk.check_customer(NEW.customer_id, NEW.contact_id, NEW.project_id);
    END IF;
    IF product_changed OR release_changed THEN
        PERFORM desk.check_release('found_in_release_id', NEW.found_in_release_id, NEW.product_id);
    END IF;
    IF product_changed OR NEW.fixed_in_release_id IS DISTINCT FROM was.fixed_in_release_id THEN
        PERFORM desk.check_release('fixed_in_release_id', NEW.fixed_in_release_id, NEW.product_id);
    END IF;
    IF product_changed OR release_changed OR NEW.hardware_revision_id IS DISTINCT FROM was.hardware_revision_id THEN
        PERFORM desk.check_hardware(NEW.hardware_revision_id, NEW.found_in_release_id, NEW.product_id);
    END IF;
    IF NEW.duplicate_of_id IS DISTINCT FROM was.duplicate_of_id THEN
        PERFORM desk.check_duplicate(NEW.id, NEW.duplicate_of_id);
    END IF;
    RETURN NEW;
END
$$;

-- Interactions and complaints name a customer and one of its contacts, too.
CREATE FUNCTION desk.check_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT desk.is_importing()
        AND (TG_OP = 'INSERT' OR NEW.contact_id IS DISTINCT FROM OLD.contact_id
             OR NEW.customer_id IS DISTINCT FROM OLD.customer_id)
    THEN
        PERFORM desk.check_customer(NEW.customer_id, NEW.contact_id, NULL);
    END IF;
    RETURN NEW;
END
$$;
