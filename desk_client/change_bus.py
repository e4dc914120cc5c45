"""One broadcast for "something changed": whoever shows it, reads it again."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from shared.notify import ChangeKind


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: an entity ("ticket", "choice" ...) and its row; ``entity_id`` None where it may be any row.

    ``kind`` says whether it is the row itself, what stands beside it, or who edits it. ``version`` is the row's new
    version where it is known. ``is_remote``: another machine made it, or another program of this one; what is read
    because of it is read at a pace.
    """

    entity: str
    entity_id: int | None = None
    kind: ChangeKind = ChangeKind.ROW
    version: int | None = None
    is_remote: bool = False


class ChangeBus(QObject):
    """Carries changes to every open view: those made here, and those that other machines made.

    Signals:
        changed(Change, initiator): ``initiator`` is the QObject that made the change and knows it already, else None.
    """

    changed = Signal(object, object)

    def publish(
        self,
        entity: str,
        entity_id: int | None = None,
        *,
        kind: ChangeKind = ChangeKind.ROW,
        version: int | None = None,
        is_remote: bool = False,
        initiator: QObject | None = None,
    ) -> None:
        """Tell everyone that this row (or any of the entity) changed."""
        self.changed.emit(Change(entity, entity_id, kind, version, is_remote), initiator)
