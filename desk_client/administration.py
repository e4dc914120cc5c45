"""The administrator's screens, by the action that opens them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desk_client.audit.page import AuditPage
from desk_client.context import ClientContext
from desk_client.machines.page import MachinesPage
from desk_client.privacy.page import PrivacyPage

SCREENS: dict[str, Callable[[ClientContext, QWidget], QWidget]] = {
    "machines": MachinesPage,
    "audit": AuditPage,
    "privacy": PrivacyPage,
}
SCREEN_OF = {"machine": "machines"}  # where the rows of an entity are edited; tickets have tabs
