"""Whether the schema is still what migrations and bootstrap have made: functions, triggers, views, rights."""

from __future__ import annotations

from typing import Any

from desk_server.desk import Desk
from desk_server.doctor.finding import BOOTSTRAP_ADVICE, Finding, finding
from desk_server.schema_record import RECORD_FILE, current_shape, differences, load_record

CHECK = "functions, triggers, views and rights are as the desk made them"
_ADVICE = f"ask who did it; {BOOTSTRAP_ADVICE}; what is named then still: DROP or REVOKE it, or restore a backup"


def schema_finding(desk: Desk, connection: Any) -> Finding:
    """Everything that differs from the record in the data folder."""
    record = load_record(desk)
    if record is None:
        return Finding(CHECK, False, f"but there is no {RECORD_FILE} to compare with", BOOTSTRAP_ADVICE)
    return finding(CHECK, differences(record, current_shape(desk, connection)), _ADVICE)
