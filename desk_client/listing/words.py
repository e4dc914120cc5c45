"""What the status bar says of a list that does not show what was asked for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.listing.table_model import PagedTableModel


def waiting_text(model: PagedTableModel[Any]) -> str:
    """Whether its rows are on their way; '' where it shows them."""
    if model.is_refused:
        return QCoreApplication.translate("Listing", "Not loaded: F5 tries again")
    return QCoreApplication.translate("Listing", "Loading") if model.is_dimmed else ""
