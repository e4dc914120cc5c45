"""How much the GUI thread does in one go, counted in calls and not in time: the same on every machine."""

from __future__ import annotations

import os
import sys
from collections import Counter
from types import FrameType
from typing import Any

from tests.gui.conftest import ROOT

_OURS = tuple(f"{ROOT}{os.sep}{part}{os.sep}" for part in ("desk_client", "shared"))


class Slices:
    """Within the block: the calls of the client's own functions on this thread, slice by slice.

    A slice begins where Qt (or the test) calls the client: a key, a timer, an answer. No other event is looked at
    before its end, so that its length is what somebody waits.

    Attributes:
        most: of the largest slice.
        of_each: of each function, by its qualified name, in the slice that has most of it.
    """

    def __init__(self) -> None:
        self.most = 0
        self.of_each = Counter[str]()
        self._calls = Counter[str]()

    def __enter__(self) -> Slices:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self._close()

    def _note(self, frame: FrameType, event: str, _more: Any) -> None:
        if event == "call" and _is_ours(frame):
            if not _is_ours(frame.f_back):
                self._close()
            self._calls[frame.f_code.co_qualname] += 1

    def _close(self) -> None:
        self.most = max(self.most, self._calls.total())
        self.of_each |= self._calls
        self._calls = Counter()


def _is_ours(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_code.co_filename.startswith(_OURS)
