"""Historical import: an event log (one event a row) becomes tickets with their history."""
