-- Lines of pg_hba.conf that PostgreSQL can't read.
SELECT 'line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL
