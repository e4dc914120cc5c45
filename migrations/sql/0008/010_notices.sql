-- Notices of what changed, for clients that listen on the channel desk_change: `entity id version kind`, where id is *
-- for more than one row and version - where none is told (shared/notify.py reads them). A hint, never data: whoever
-- hears one reads the row under his own rights. One notice at most for each statement and entity; equal ones of a
-- transaction PostgreSQL sends once. By statement triggers, since machines may not call pg_notify.

CREATE FUNCTION desk.send_notice(entity text, how_many bigint, id bigint, version bigint, kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF how_many = 1 THEN
        PERFORM pg_notify('desk_change', concat_ws(' ', entity, id, coalesce(version::text, '-'), kind));
    ELSIF how_many > 1 THEN
        PERFORM pg_notify('desk_change', concat_ws(' ', entity, '*', '-', kind));
    END IF;
END
$$;

-- Rows that have an id and a version.
CREATE FUNCTION desk.notice_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.send_notice(TG_TABLE_NAME, count(*), min(id), min(row_version), 'row') FROM changed;
    RETURN NULL;
END
$$;

-- Rows of which none is shown alone: which ones is not told.
CREATE FUNCTION desk.notice_any() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM desk.send_notice(TG_TABLE_NAME, 2, NULL, NULL, 'row');
    END IF;
    RETURN NULL;
END
$$;

-- What stands beside a ticket. Lines that the ticket's own change causes go with the ticket's own notice.
CREATE FUNCTION desk.notice_beside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_trigger_depth() = 1 THEN
        PERFORM desk.send_notice('ticket', count(DISTINCT ticket_id), min(ticket_id), NULL, 'beside') FROM changed;
    END IF;
    RETURN NULL;
END
$$;

-- As above, where a row may have gone from one ticket to another.
CREATE FUNCTION desk.notice_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.send_notice('ticket', count(DISTINCT ticket_id), min(ticket_id), NULL, 'beside')
    FROM (SELECT ticket_id FROM before UNION ALL SELECT ticket_id FROM changed) AS tickets;
    RETURN NULL;
END
$$;

-- The text of a private comment was forgotten.
CREATE FUNCTION desk.notice_forgotten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.send_notice('ticket', count(DISTINCT c.ticket_id), min(c.ticket_id), NULL, 'beside')
    FROM changed JOIN desk.comment AS c ON c.id = changed.comment_id;
    RETURN NULL;
END
$$;

-- What belongs to a machine: its people, certificates and codes.
CREATE FUNCTION desk.notice_machine() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.send_notice('machine', count(DISTINCT machine_id), min(machine_id), NULL, 'beside') FROM changed;
    RETURN NULL;
END
$$;

-- A lease was taken or ended.
CREATE FUNCTION desk.notice_lease() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM desk.send_notice(l.entity, l.number, l.id, NULL, 'lease')
    FROM (SELECT entity, count(*) AS number, min(entity_id) AS id FROM changed GROUP BY entity) AS l;
    RETURN NULL;
END
$$;

-- A lease changed hands, was asked for, answered or ended early. A mere sign of life is nothing to tell, but for one
-- that comes after the end: nobody took the lease, and it holds again.
CREATE FUNCTION desk.notice_lease_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    sign_of_life text[] := '{token,beat_at,expires_at,holder_pid,holder_started}';
    moment timestamptz := clock_timestamp();
BEGIN
    PERFORM desk.send_notice(l.entity, l.number, l.id, NULL, 'lease')
    FROM (
        SELECT now_.entity, count(*) AS number, min(now_.entity_id) AS id
        FROM changed AS now_ JOIN before AS was ON was.entity = now_.entity AND was.entity_id = now_.entity_id
        WHERE now_.expires_at < was.expires_at OR was.expires_at <= moment
            OR to_jsonb(now_) - sign_of_life <> to_jsonb(was) - sign_of_life
        GROUP BY now_.entity
    ) AS l;
    RETURN NULL;
END
$$;
