"""The form of a machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desk_client.forms.form import EntityForm
from desk_client.machines.fields import MachineFields
from desk_client.reference_store import ReferenceStore
from shared.schemas.machine import MachineDetail


class MachineForm(EntityForm[MachineDetail]):
    """Name, level, people, note."""

    def __init__(self, reference: ReferenceStore, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(MachineFields(), reference, now, read_only=False, name="machineForm", parent=parent)
