"""One line of the examination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BOOTSTRAP_ADVICE = "run: desk-server migrate"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; ``advice`` says what to do where it is not ok."""

    check: str
    is_ok: bool
    detail: str = ""
    advice: str = ""

    def text(self) -> str:
        """The line for a person."""
        parts = [self.check, self.detail if not self.is_ok else "", f"-> {self.advice}" if not self.is_ok else ""]
        return " ".join(part for part in parts if part)

    def as_dict(self) -> dict[str, Any]:
        """The line for JSON."""
        return {"check": self.check, "is_ok": self.is_ok, "detail": self.detail, "advice": self.advice}


def finding(check: str, wrong: list[str], advice: str) -> Finding:
    """A line that is right where nothing is wrong."""
    shown = ", ".join(wrong[:_SHOWN]) + (f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else "")
    return Finding(check, not wrong, f"but: {shown}", advice)
