"""The form of a machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desk_client.forms.form import EntityForm
from desk_client.machines.fields import MachineFields, normal_name
from desk_client.reference_store import ReferenceStore
from shared.schemas.machine import MachineDetail


class MachineForm(EntityForm[MachineDetail]):
    """Name, level, people, note."""

    def __init__(self, reference: ReferenceStore, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(MachineFields(), reference, now, read_only=False, name="machineForm", parent=parent)

    def normalise(self) -> None:
        """Show what is typed as it will be stored: else the answer to a save would look like another's change."""
        values = self.values()
        order = {one.code: (one.name, one.id) for one in self.reference.staff()}
        stored = {
            "name": normal_name(values.get("name") or "") or None,
            "note": (values.get("note") or "").strip() or None,
            "people": tuple(sorted(values.get("people") or (), key=lambda code: order.get(code, ("", 0)))),
        }
        for name in self.fields.touched & stored.keys():
            self.fields.editor(name).set_value(stored[name])
