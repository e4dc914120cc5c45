"""What a form says of its lease: who edits the row, who asks for it, what became of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desk_client.clock_words import clock_text
from desk_client.machine_words import who_text
from desk_client.widgets.banner import Banner


class Standing(StrEnum):
    """How the row stands for this form."""

    OURS = "ours"  # or nobody's: nothing is said
    ELSEWHERE = "elsewhere"
    LOST = "lost"
    HANDED_OVER = "handed_over"
    UNSURE = "unsure"
    RESTING = "resting"
    ASKED = "asked"


class Question(StrEnum):
    """How our own question for another's lease stands."""

    NONE = "none"
    WAITS = "waits"
    UNANSWERED = "unanswered"
    KEPT = "kept"
    BEHIND_ANOTHER = "behind_another"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a row, or asks for it."""

    machine: str
    person: str | None
    since: datetime | None = None
    seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeaseView:
    """All that is to be said.

    ``at``: of the question's end or answer; ``minutes`` without a key, None where another pane ended the edit.
    """

    standing: Standing = Standing.OURS
    holder: Holder | None = None
    is_locked: bool = False
    is_told: bool = False
    can_write: bool = True
    may_take_over: bool = False
    question: Question = Question.NONE
    at: datetime | None = None
    minutes: int | None = None


Actions = dict[str, Callable[[], None]]
_WORDS: dict[str, Any] = {
    "tellWhenFree": QT_TRANSLATE_NOOP("LeaseNotices", "Tell me when free"),
    "askForIt": QT_TRANSLATE_NOOP("LeaseNotices", "Ask for it"),
    "takeOver": QT_TRANSLATE_NOOP("LeaseNotices", "Take over"),
    "goOnEditing": QT_TRANSLATE_NOOP("LeaseNotices", "Go on editing"),
    "discardMine": QT_TRANSLATE_NOOP("LeaseNotices", "Discard mine"),
    "handOver": QT_TRANSLATE_NOOP("LeaseNotices", "Hand over"),
    "keepWorking": QT_TRANSLATE_NOOP("LeaseNotices", "Keep working"),
}
AWAY = frozenset({Standing.ELSEWHERE, Standing.LOST, Standing.HANDED_OVER})


class LeaseNotices:
    """One line over the form; holds what is being said, so that it can be said again in another language."""

    def __init__(self, banner: Banner, actions: Actions | None = None) -> None:
        self._banner = banner
        self.actions: Actions = actions or {}
        self.view = LeaseView()

    def show(self, view: LeaseView) -> None:
        """Say this from now on."""
        if view != self.view:
            self.view = view
            self.retranslate()

    def retranslate(self) -> None:
        """Say it again in the language of the window."""
        text = view_text(self.view)
        if not text:
            self._banner.clear()
            return
        buttons = [
            (name, QCoreApplication.translate("LeaseNotices", _WORDS[name]), self.actions[name])
            for name in button_names(self.view)
            if name in self.actions
        ]
        calm = (Standing.ELSEWHERE, Standing.RESTING)
        loud = self.view.is_locked or self.view.standing not in calm
        self._banner.say("warning" if loud else "info", text, buttons)


def button_names(view: LeaseView) -> list[str]:
    """What can be done, most wanted first."""
    if view.standing is Standing.ASKED:
        return ["handOver", "keepWorking"]
    if view.standing not in AWAY or not view.can_write:
        return []
    names = _names_of_a_held_one(view) if view.holder is not None else ["goOnEditing"]
    return [*names, "discardMine"] if view.is_locked else names


def _names_of_a_held_one(view: LeaseView) -> list[str]:
    names = []
    if view.may_take_over or view.question is Question.UNANSWERED:
        names.append("takeOver")
    if view.question in (Question.NONE, Question.KEPT):
        names.append("askForIt")
    if not view.is_told and view.question is not Question.UNANSWERED:
        names.append("tellWhenFree")
    return names


def view_text(view: LeaseView) -> str:
    """The sentences of a view, '' where there is nothing to say."""
    if view.standing is Standing.OURS:
        return ""
    if view.standing in AWAY:
        said = [_lead_text(view), _kept_text(view), _question_text(view), _told_text(view)]
    elif view.standing is Standing.ASKED:
        said = [_asked_text(view)]
    elif view.standing is Standing.UNSURE:
        said = [_unsure_text()]
    else:
        said = [_resting_text(view.minutes), _kept_text(view)]
    return _joined([part for part in said if part])


def _joined(sentences: list[str]) -> str:
    text = ""
    for sentence in sentences:
        both = QCoreApplication.translate("LeaseNotices", "{first} {second}")
        text = both.format(first=text, second=sentence) if text else sentence
    return text


def _lead_text(view: LeaseView) -> str:
    holder = view.holder
    if holder is None:
        return QCoreApplication.translate("LeaseNotices", "It is free now.")
    if view.standing is Standing.LOST:
        text = QCoreApplication.translate("LeaseNotices", "{who} took this over at {time}.")
    elif view.standing is Standing.HANDED_OVER and holder.since is None:
        text = QCoreApplication.translate("LeaseNotices", "Handed over to {who}.")
    elif holder.seen is not None:
        text = QCoreApplication.translate(
            "LeaseNotices", "{who} is editing this since {time}, last sign of life {seen}."
        )
    else:
        text = QCoreApplication.translate("LeaseNotices", "{who} is editing this since {time}.")
    who, seen = who_text(holder.machine, holder.person), clock_text(holder.seen, seconds=True)
    return text.format(who=who, time=clock_text(holder.since), seen=seen)


def _kept_text(view: LeaseView) -> str:
    if view.is_locked or view.standing is Standing.RESTING:
        return QCoreApplication.translate("LeaseNotices", "Your changes are kept here, not saved yet.")
    return ""


def _question_text(view: LeaseView) -> str:
    if view.holder is None:
        return ""
    if view.question is Question.WAITS and view.may_take_over:
        text = QCoreApplication.translate("LeaseNotices", "Asked, not answered yet: you can take it over at once.")
    elif view.question is Question.WAITS:
        text = QCoreApplication.translate("LeaseNotices", "Asked: without an answer by {time} you can take it over.")
    elif view.question is Question.UNANSWERED:
        text = QCoreApplication.translate("LeaseNotices", "No answer: you can take it over.")
    elif view.question is Question.KEPT:
        text = QCoreApplication.translate("LeaseNotices", "Asked: they go on working (answered {time}).")
    elif view.question is Question.BEHIND_ANOTHER:
        text = QCoreApplication.translate("LeaseNotices", "Somebody else asked for it first.")
    else:
        return ""
    return text.format(time=clock_text(view.at, seconds=view.question is Question.WAITS))


def _told_text(view: LeaseView) -> str:
    if view.is_told and view.holder is not None:
        return QCoreApplication.translate("LeaseNotices", "You will be told when it is free.")
    return ""


def _asked_text(view: LeaseView) -> str:
    text = QCoreApplication.translate(
        "LeaseNotices",
        "{who} asks for this. Without an answer by {time} they can take it over; what you typed is kept then.",
    )
    who = who_text(view.holder.machine, view.holder.person) if view.holder is not None else ""
    return text.format(who=who, time=clock_text(view.at, seconds=True))


def _unsure_text() -> str:
    return QCoreApplication.translate(
        "LeaseNotices",
        "The desk has not confirmed for a while that this is still yours. Saving waits for it; your text is kept.",
    )


def _resting_text(minutes: int | None) -> str:
    if minutes is None:
        return QCoreApplication.translate(
            "LeaseNotices",
            "Another tab here has ended the edit: others may edit this now. Type on, and it is yours again.",
        )
    text = QCoreApplication.translate(
        "LeaseNotices", "Nothing was typed for {count} min: others may edit this now. Type on, and it is yours again."
    )
    return text.format(count=minutes)
