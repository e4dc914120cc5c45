-- What the log says, beside what the desk has. All of it lives until the end of the transaction.
-- Made by the owner (desk_import may not make tables) and handed to desk_import, who reads it and fills in ids.

CREATE TEMPORARY TABLE staged_name (ticket text PRIMARY KEY) ON COMMIT DROP;

CREATE TEMPORARY TABLE staged_ticket (
    position bigint PRIMARY KEY,
    ticket text NOT NULL UNIQUE,
    ticket_id bigint, -- null: new to the desk
    is_newer boolean NOT NULL,
    reported_at timestamptz NOT NULL,
    status text NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staged_value (
    ticket text NOT NULL,
    field text NOT NULL,
    value text NOT NULL,
    is_default boolean NOT NULL,
    PRIMARY KEY (ticket, field)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staged_event (
    position bigint PRIMARY KEY,
    ticket text NOT NULL,
    at timestamptz NOT NULL,
    import_key uuid NOT NULL,
    event text,
    person text,
    status text
) ON COMMIT DROP;

-- the field specification: column, choice list, entity, and the field that a reference hangs on
CREATE TEMPORARY TABLE staged_field (
    field text PRIMARY KEY,
    column_name text NOT NULL,
    list_code text,
    entity text,
    parent text
) ON COMMIT DROP;

-- one row for each different value; code and id are null until the desk has it
CREATE TEMPORARY TABLE staged_choice (
    list_code text NOT NULL,
    value text NOT NULL,
    code text,
    PRIMARY KEY (list_code, value)
) ON COMMIT DROP;

CREATE TEMPORARY TABLE staged_reference (
    entity text NOT NULL,
    value text NOT NULL,
    parent text NOT NULL, -- the value of the field that it hangs on, '' where there is none
    id bigint,
    is_creatable boolean NOT NULL DEFAULT true,
    PRIMARY KEY (entity, value, parent)
) ON COMMIT DROP;
