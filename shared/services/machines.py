"""Writes of machines. Every rule, the one about the last administrator's machine too, is the database's.

Taking a level away is two units of work, never one: ``set_machine`` commits the new rights, then ``end_sessions`` ends
who is connected under the old ones. Done in one transaction, a machine that reconnects in a loop slips in between.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, Text, Uuid, cast, func, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.queries.machines import get_machine
from shared.schemas.machine import CodeTerm, MachineDetail, MachineSave

_NO_RIGHT = "42501"


def set_machine(session: Session, save: MachineSave) -> MachineDetail:
    """Make a machine or change it: its level, people and note; returns it as the database holds it now.

    Raises LastAdminError, ConflictError, LeaseLostError, AlreadySavedError, DuplicateError (a new machine whose name is
    taken) and other FieldErrors.
    """
    values = save.values
    written = func.desk.machine_set(
        literal(values.name, Text),
        literal(values.level, Text),
        cast(list(values.people), ARRAY(Text)),
        literal(values.note, Text),
        literal(save.save_id, Uuid),
        literal(save.lease_token, BigInteger),
        null() if save.row_version is None else literal(save.row_version, BigInteger),
    )
    machine_id = session.execute(select(written)).scalar_one()
    try:
        with session.begin_nested():
            return get_machine(session.connection(), machine_id)
    except DBAPIError as error:
        if save.row_version is None or getattr(error.orig, "pgcode", None) != _NO_RIGHT:
            raise
    return _as_sent(machine_id, save.row_version + 1, save)


def revoke_machine(session: Session, machine: str, save_id: uuid.UUID) -> int:
    """Let the machine in no more, whoever else edits it and whatever was changed meanwhile; its id.

    Raises LastAdminError, AlreadySavedError.
    """
    revoked = func.desk.machine_revoke(literal(machine, Text), literal(save_id, Uuid))
    return int(session.execute(select(revoked)).scalar_one())


def _as_sent(machine_id: int, row_version: int, save: MachineSave) -> MachineDetail:
    """What was saved, where we may not read it any more: a machine has taken its own level."""
    nobody = {"edited_by": None, "edited_person": None, "edited_since": None, "edited_seen": None}
    return MachineDetail(
        id=machine_id, row_version=row_version, updated_at=datetime.now(UTC), values=save.values,
        certificate_ends=None, code_ends=None, **nobody,
    )  # fmt: skip


def end_sessions(session: Session, machine: str, pid: int | None = None) -> int:
    """End the machine's sessions, or the one with that ``pid``; how many there were. Never the caller's own."""
    ended = func.desk.machine_sessions_end(literal(machine, Text), literal(pid, Integer))
    return int(session.execute(select(ended)).scalar_one())


def begin_enrolment(session: Session, machine: str, code_hash: bytes) -> CodeTerm:
    """Let whoever has the secret of this hash enrol the machine, once; until when. An earlier code is withdrawn."""
    begun = func.desk.enrolment_begin(literal(machine, Text), literal(code_hash, LargeBinary))
    row = session.execute(select(begun.label("ends"), func.clock_timestamp().label("now"))).one()
    return CodeTerm(ends=row.ends, lasts=row.ends - row.now)


def mark_event_seen(session: Session, event_id: int) -> None:
    """Say that an administrator has taken note of an alarm."""
    session.execute(select(func.desk.security_event_seen(literal(event_id, BigInteger))))
