"""Words of tickets, combined from the catalogue: the same draws give the same text."""

from __future__ import annotations

from functools import cache
from typing import Any

from desk_server.demo import catalogue
from desk_server.demo.dice import Dice

Facts = dict[str, Any]


@cache
def faults() -> dict[str, Any]:
    """What is said about each category of fault: circumstances, observations, questions and requests."""
    return {**catalogue.read("faults_media"), **catalogue.read("faults_system")}


def numbers(dice: Dice) -> Facts:
    """Figures that a report may name."""
    return {
        "n": dice.whole(2, 9),
        "m": dice.whole(12, 95),
        "hours": dice.whole(2, 30),
        "log": f"{dice.pick(('boot', 'dmesg', 'player', 'system', 'trace'))}_{dice.whole(1000, 9999)}.log",
    }


def phrase(dice: Dice, texts: dict[str, Any], key: str, language: str, facts: Facts) -> str:
    """One of ``texts[key_language]``, filled in."""
    text: str = dice.pick(texts[f"{key}_{language}"])
    return text.format_map(facts)


def said(dice: Dice, section: str, key: str, language: str, facts: Facts) -> str:
    """One sentence of the conversations catalogue."""
    return phrase(dice, catalogue.read("conversations")[section], key, language, facts)


def symptom_words(dice: Dice, category: str, symptom: str, language: str, facts: Facts) -> str:
    """How a person names the symptom."""
    text: str = dice.pick(catalogue.read("symptoms")[category][symptom][language])
    return text.format_map(facts)


def symptoms_of(category: str) -> tuple[str, ...]:
    """The symptoms of that category."""
    return tuple(catalogue.read("symptoms")[category])


def defect_share(cause: str) -> float:
    """How often that cause needs a new release."""
    share: float = catalogue.read("causes")[cause]["defect"]
    return share


def causes_of(category: str, symptom: str) -> list[str]:
    """The causes that the symptom may have."""
    causes: list[str] = catalogue.read("symptoms")[category][symptom]["causes"]
    return causes


def subject_and_description(dice: Dice, kind: str, category: str, language: str, facts: Facts) -> tuple[str, str]:
    """A subject, and a description of two to four sentences."""
    about = faults()[category]
    gap = "" if language == "zh" else " "
    if kind != "problem":
        topic = phrase(dice, about, f"{kind}s", language, facts)
        subject = said(dice, "subjects", kind, language, facts | {"topic": topic})
        stop = "" if topic[-1] in "?？" else "。" if language == "zh" else "."
        return subject, gap.join((topic + stop, said(dice, "descriptions", kind, language, facts)))
    when = phrase(dice, about, "when", language, facts)
    facts = facts | {"when": when, "when_en": phrase(dice, about, "when", "en", facts)}
    style = "mixed" if language == "zh" and dice.chance(0.15) else language
    subject = said(dice, "subjects", "problem", style, facts)
    sentences = [said(dice, "descriptions", "open", language, facts), phrase(dice, about, "seen", language, facts)]
    if dice.chance(0.7):
        sentences.append(said(dice, "descriptions", "often", language, facts))
    if dice.chance(0.5):
        sentences.append(said(dice, "descriptions", "close", language, facts))
    return subject[:1].upper() + subject[1:], gap.join(sentences)


def resolution(dice: Dice, kind: str, cause: str | None, language: str, facts: Facts) -> str:
    """What solved it."""
    if cause is not None:
        text: str = dice.pick(catalogue.read("causes")[cause][language])
        return text.format_map(facts)
    return said(dice, "answers", kind, language, facts)
