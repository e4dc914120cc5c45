-- What a desk needs, and what only looks.
SELECT extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'unaccent', 'pg_stat_statements', 'amcheck')
UNION ALL
SELECT 'foreign server ' || srvname FROM pg_foreign_server
