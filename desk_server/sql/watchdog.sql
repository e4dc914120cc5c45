-- Sessions to end, each once, with the first reason that holds. No statement's text leaves this query.
-- A setting that is gone or is nonsense does not switch the watchdog off: the desk's own number counts (doctor tells).
WITH allowed AS (
    SELECT d.why, CASE WHEN s.value ~ '^[1-9][0-9]{0,3}$' THEN s.value::numeric ELSE d.seconds END AS seconds
    FROM (VALUES ('statement', 45), ('transaction', 90), ('idle', 45), ('blocking', 15), ('enrol', 60))
        AS d (why, seconds)
    LEFT JOIN desk.setting AS s ON s.key = 'watchdog_' || d.why || '_seconds'
), session AS (
    -- A session that listens takes a notice between two statements, in a transaction that bears the time of the last of
    -- them, however long ago it was: such a one counts only while it waits for its client to read.
    SELECT *, usename ~ '^m_' AS is_machine,
        CASE WHEN state IS DISTINCT FROM 'idle' OR wait_event = 'ClientWrite' THEN xact_start END AS open_since
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND (usename ~ '^m_' OR usename = 'desk_enrol')
), waiting AS MATERIALIZED (
    SELECT DISTINCT pid FROM pg_locks WHERE NOT granted
), blocker AS MATERIALIZED (
    SELECT DISTINCT unnest(pg_blocking_pids(pid)) AS pid FROM waiting
), lasting AS (
    SELECT session.*, 'statement' AS why, query_start AS since FROM session
    WHERE is_machine AND state IN ('active', 'fastpath function call')
    UNION ALL
    SELECT session.*, 'transaction', open_since FROM session WHERE is_machine
    UNION ALL
    SELECT session.*, 'idle', state_change FROM session WHERE is_machine AND state ~ '^idle in transaction'
    -- A migration waits 2 s at a time and tries again: what counts is for how long the holder might have been in
    -- somebody's way, that somebody waits for it just now.
    UNION ALL
    SELECT session.*, 'blocking', open_since FROM session WHERE is_machine AND pid IN (SELECT pid FROM blocker)
    -- its sessions tell nothing about themselves (track_activities is off), so that no code is seen there
    UNION ALL
    SELECT session.*, 'enrol', backend_start FROM session WHERE NOT is_machine
), overdue AS (
    SELECT lasting.*, allowed.seconds FROM lasting JOIN allowed USING (why)
    WHERE since < clock_timestamp() - make_interval(secs => allowed.seconds::float)
    UNION ALL
    -- Every save sends a notice, and none is saved once their queue is full. It is kept from the oldest transaction of
    -- a session that listens; which ones listen nobody can see. It is empty but for a flood.
    SELECT session.*, 'notices', open_since, 5 FROM session
    WHERE is_machine AND open_since < clock_timestamp() - interval '5 s' AND pg_notification_queue_usage() > 0.05
    UNION ALL
    -- Open since before a field was made private: by its snapshot, or under the lock that it holds, it reads on. The
    -- second is for statements that are on their way and end by themselves.
    SELECT session.*, 'private', open_since, 0 FROM session
    WHERE is_machine AND NOT pg_has_role(usesysid, 'desk_full', 'MEMBER') AND open_since < (
        SELECT max(seen_at) FROM desk.privacy_mark WHERE seen_at < clock_timestamp() - interval '1 s'
    )
)
SELECT DISTINCT ON (pid) pid, backend_start AS began, why, why <> 'private' AS is_alarm,
    CASE WHEN is_machine THEN substr(usename, 3) END AS machine, host(client_addr) AS address,
    json_build_object(
        'why', why, 'seconds', round(extract(epoch FROM clock_timestamp() - since)), 'limit', seconds
    )::text AS detail
FROM overdue
ORDER BY pid, why <> 'private' DESC, since
