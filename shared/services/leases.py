"""Edit leases: each call is one statement, in autocommit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Text, func, literal, select

from shared.schemas.lease import Lease, LeaseAsk, LeaseBeat

_KEY = {"entity", "entity_id"}
_LEASE = tuple(name for name in Lease.model_fields if name not in _KEY)
_ASK = tuple(name for name in LeaseAsk.model_fields if name not in _KEY)
_BEAT = tuple(LeaseBeat.model_fields)


def take_lease(conn: Connection, entity: str, entity_id: int) -> Lease:
    """Take the lease, or keep the one this session has; where another holds it, that one is the answer."""
    answer = _rows(conn, func.desk.lease_take(entity, _number(entity_id)), _LEASE)
    return Lease(entity=entity, entity_id=entity_id, **answer[0])


def beat_leases(conn: Connection, held: Sequence[Lease]) -> tuple[LeaseBeat, ...]:
    """A sign of life for all leases of this client; what became of each, in the same order."""
    if not held:
        return ()
    call = func.desk.lease_beat(
        literal([lease.entity for lease in held], ARRAY(Text)),
        literal([lease.entity_id for lease in held], ARRAY(BigInteger)),
        literal([lease.token for lease in held], ARRAY(BigInteger)),
    )
    return tuple(LeaseBeat(**row) for row in _rows(conn, call, _BEAT))


def ask_for_lease(conn: Connection, entity: str, entity_id: int) -> LeaseAsk:
    """Ask whoever holds the lease to give it up, or look how the question stands."""
    answer = _rows(conn, func.desk.lease_ask(entity, _number(entity_id)), _ASK)
    return LeaseAsk(entity=entity, entity_id=entity_id, **answer[0])


def answer_lease(conn: Connection, entity: str, entity_id: int, token: int, *, keeps: bool) -> bool:
    """Answer a question: go on, or give the lease up; False where it is no longer ours, or nobody asks."""
    call = func.desk.lease_answer(entity, _number(entity_id), _number(token), keeps)
    return bool(conn.execute(select(call)).scalar_one())


def take_over_lease(conn: Connection, entity: str, entity_id: int) -> Lease:
    """Take another's lease by the rules; TakeOverError where they do not allow it (yet)."""
    answer = _rows(conn, func.desk.lease_take_over(entity, _number(entity_id)), _LEASE)
    return Lease(entity=entity, entity_id=entity_id, **answer[0])


def release_lease(conn: Connection, entity: str, entity_id: int, token: int) -> bool:
    """Give the lease back; False where it was no longer ours."""
    released = func.desk.lease_release(entity, _number(entity_id), _number(token))
    return bool(conn.execute(select(released)).scalar_one())


def release_all(conn: Connection) -> int:
    """Give back all leases of this session; how many it were."""
    return int(conn.execute(select(func.desk.lease_release_all())).scalar_one())


def _number(value: int) -> Any:
    return literal(value, BigInteger)


def _rows(conn: Connection, call: Any, columns: tuple[str, ...]) -> Sequence[Any]:
    table = call.table_valued(*columns)
    return conn.execute(select(*(table.c[name] for name in columns))).mappings().all()
