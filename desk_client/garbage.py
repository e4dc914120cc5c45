"""Cyclic garbage is collected on the GUI thread alone, between events.

Python collects on whichever thread happens to allocate. A thread of the runner would then end what is left of a closed
window, with all that was connected to its signals, while the GUI thread delivers an event to it, and the process
crashes (napari issue 1029, novelWriter issue 2927).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1_000


def spare_what_is_loaded() -> None:
    """Leave all that is loaded by now out of collections: a full one over it holds the window for 90 ms."""
    gc.freeze()


def collect_due() -> None:
    """Collect where Python itself would have by now, by its own thresholds."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, most) in enumerate(counts) if count > most > 0]
    if due:
        gc.collect(due[-1])


class GarbageTimer(QTimer):
    """Made on the GUI thread. From then on Python collects nothing by itself; this does until it is stopped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.timeout.connect(collect_due)
        self.start(EVERY_MS)
