"""What a few letters may mean among the products and people that the client holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from desk_client.reference_store import ReferenceStore
from desk_client.widgets.type_ahead import Suggestion

SUGGESTIONS = 20


def suggestions_in_memory(entity: str, text: str, reference: ReferenceStore) -> list[Suggestion]:
    """The best matches among products or people: beginnings first, then beginnings of words, then anything inside."""
    if entity == "product":
        rows = [Suggestion(p.id, p.code, p.name if p.name != p.code else "") for p in reference.products()]
    else:
        rows = [Suggestion(p.id, p.name, _person_detail(p, reference)) for p in reference.staff() if not p.is_retired]
    wanted = folded(text)
    ranked = [(rank, row) for row in rows if (rank := match_rank(wanted, (row.text, row.detail))) is not None]
    return [row for _, row in sorted(ranked, key=lambda pair: (pair[0], pair[1].text))[:SUGGESTIONS]]


def _person_detail(person: Any, reference: ReferenceStore) -> str:
    department = reference.department(person.department_id)
    return f"{person.code}, {department.label(reference.language)}" if department else str(person.code)


def folded(text: str) -> str:
    """The text without the differences of case and width: what comparing goes by."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def match_rank(wanted: str, texts: Iterable[str]) -> int | None:
    """0 for a beginning, 1 for the beginning of a word, 2 for anywhere inside, None for no match."""
    ranks = []
    for text in map(folded, texts):
        if text.startswith(wanted):
            ranks.append(0)
        elif any(word.startswith(wanted) for word in text.replace("-", " ").replace(",", " ").split()):
            ranks.append(1)
        elif wanted in text:
            ranks.append(2)
    return min(ranks, default=None)
