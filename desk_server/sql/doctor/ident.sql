-- Lines of pg_ident.conf that PostgreSQL can't read, and our map, where it is gone.
SELECT 'line ' || line_number || ': ' || error FROM pg_ident_file_mappings WHERE error IS NOT NULL
UNION ALL
SELECT 'the line for machines is not there'
WHERE NOT EXISTS (SELECT FROM pg_ident_file_mappings WHERE map_name = 'desk_machine' AND pg_username = 'm_\1')
