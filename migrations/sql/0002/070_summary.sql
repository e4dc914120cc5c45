-- What lists and reports need of a ticket's history, kept beside the ticket: a comment must not raise its version.

-- Computes the summaries of these tickets anew. The rows are locked first, so that the second statement's snapshot
-- sees what every earlier holder of the lock has written.
CREATE FUNCTION desk.summarise(tickets bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    PERFORM FROM desk.ticket_summary WHERE ticket_id = ANY (tickets) ORDER BY ticket_id FOR UPDATE;
    INSERT INTO desk.ticket_summary AS summary (
        ticket_id, last_activity_at, first_response_at, last_resolved_at, last_closed_at,
        events, comments, interactions, reopenings
    )
    SELECT ticket.id, coalesce(greatest(e.last_at, c.last_at, i.last_at), ticket.reported_at),
        i.first_out_at, s.resolved_at, s.closed_at, e.lines, c.lines, i.lines, s.reopenings
    FROM desk.ticket
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines, max(event.at) AS last_at FROM desk.ticket_event AS event
        WHERE event.ticket_id = ticket.id
    ) AS e
    CROSS JOIN LATERAL (
        SELECT max(stated.at) FILTER (WHERE stated.status = 'resolved') AS resolved_at,
            max(stated.at) FILTER (WHERE stated.status = 'closed') AS closed_at,
            count(*) FILTER (WHERE stated.status = 'open' AND stated.before IN ('resolved', 'closed')) AS reopenings
        FROM (
            SELECT event.at, event.status, lag(event.status) OVER (ORDER BY event.at, event.id) AS before
            FROM desk.ticket_event AS event WHERE event.ticket_id = ticket.id AND event.status IS NOT NULL
        ) AS stated
    ) AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines, max(comment.created_at) AS last_at FROM desk.comment
        WHERE comment.ticket_id = ticket.id
    ) AS c
    CROSS JOIN LATERAL (
        SELECT count(*) AS lines, max(interaction.at) AS last_at,
            min(interaction.at) FILTER (WHERE interaction.direction = 'out') AS first_out_at
        FROM desk.interaction WHERE interaction.ticket_id = ticket.id AND interaction.deleted_at IS NULL
    ) AS i
    WHERE ticket.id = ANY (tickets)
    ON CONFLICT (ticket_id) DO UPDATE SET
        last_activity_at = excluded.last_activity_at,
        first_response_at = excluded.first_response_at,
        last_resolved_at = excluded.last_resolved_at,
        last_closed_at = excluded.last_closed_at,
        events = excluded.events,
        comments = excluded.comments,
        interactions = excluded.interactions,
        reopenings = excluded.reopenings;
END
$$;

CREATE FUNCTION desk.summarise_new_tickets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO desk.ticket_summary (ticket_id, last_activity_at) SELECT id, reported_at FROM new_rows
    ON CONFLICT DO NOTHING;  -- the ticket's first event may have come before
    RETURN NULL;
END
$$;

-- For tables that are only added to.
CREATE FUNCTION desk.summarise_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.summarise(ARRAY(SELECT DISTINCT ticket_id FROM new_rows WHERE ticket_id IS NOT NULL));
    RETURN NULL;
END
$$;

CREATE FUNCTION desk.summarise_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.summarise(ARRAY(
        SELECT ticket_id FROM new_rows WHERE ticket_id IS NOT NULL
        UNION SELECT ticket_id FROM old_rows WHERE ticket_id IS NOT NULL
    ));
    RETURN NULL;
END
$$;

-- For the owner: all of it anew. Answers how many rows there are.
CREATE FUNCTION desk.rebuild_ticket_summary() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM desk.ticket_summary;
    PERFORM desk.summarise(ARRAY(SELECT id FROM desk.ticket));
    RETURN (SELECT count(*) FROM desk.ticket_summary);
END
$$;
