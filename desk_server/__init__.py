"""The server side: PostgreSQL, certificates, schema, worker and the commands for them."""
