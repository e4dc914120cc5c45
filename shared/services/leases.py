"""Edit leases: each call is one statement, in autocommit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, func, literal, select

from shared.schemas.lease import Lease

_COLUMNS = ("machine", "person", "taken_at", "expires_at", "token", "is_mine")


def take_lease(conn: Connection, entity: str, entity_id: int) -> Lease:
    """Take the lease, or keep the one this session has; where another holds it, that one is the answer."""
    taken = func.desk.lease_take(entity, literal(entity_id, BigInteger)).table_valued(*_COLUMNS)
    row = conn.execute(select(*(taken.c[name] for name in _COLUMNS))).mappings().one()
    return Lease(entity=entity, entity_id=entity_id, **row)


def release_lease(conn: Connection, entity: str, entity_id: int, token: int) -> bool:
    """Give the lease back; False where it was no longer ours."""
    released = func.desk.lease_release(entity, literal(entity_id, BigInteger), literal(token, BigInteger))
    return bool(conn.execute(select(released)).scalar_one())
