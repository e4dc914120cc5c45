-- Undo of 0009.
DROP FUNCTION desk.save_rows(text, jsonb);
