-- Triggers that are there and do not fire.
SELECT c.relname || ' ' || t.tgname
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'desk'::regnamespace AND NOT t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
