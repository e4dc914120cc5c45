"""Three-way merge of a row, field by field: what was read, what was typed on it, what another has saved meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
NO_LINKS: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both sides changed, each to something else. ``key`` is the one within a field that has keys."""

    field: str
    before: Any
    mine: Any
    theirs: Any
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of it.

    Attributes:
        values: of every field; where there is a clash, mine.
        clashes: what somebody has to decide, in the order of the fields.
        taken: the fields whose value is theirs now and was not mine.
    """

    values: dict[str, Any]
    clashes: tuple[Clash, ...]
    taken: tuple[str, ...]


def merge(
    base: Values,
    mine: Values,
    theirs: Values,
    *,
    sets: Collection[str] = (),
    keyed: Collection[str] = (),
    linked: Mapping[str, Collection[str]] = NO_LINKS,
) -> Merge:
    """Put both sides' changes of ``base`` together. A field that a side does not name is as it was.

    Args:
        base: the row as it was read.
        mine: what was made of it here.
        theirs: what was saved meanwhile.
        sets: fields whose value is a set of few (people, tags): what either side added or took away counts.
        keyed: fields whose value is a mapping: merged key by key.
        linked: for a field the others on which its meaning rests (a cause on its symptom). What was chosen here while
            one of those changed there, or the other way round, is a clash, though each field changed on one side only.
    """
    values: dict[str, Any] = {}
    clashes: list[Clash] = []
    for name in _all_names(base, mine, theirs):
        before, own, other = (_side(base, side, name) for side in (base, mine, theirs))
        if name in sets:
            values[name] = _merged_set(before, own, other)
        elif name in keyed:
            inner = merge(before or {}, _whole(before, own), _whole(before, other))
            values[name] = {key: value for key, value in inner.values.items() if value is not _ABSENT}
            clashes += [Clash(name, _shown(c.before), _shown(c.mine), _shown(c.theirs), c.field) for c in inner.clashes]
        else:
            is_clash = own != other and (
                (own != before and (other != before or _has_moved(base, theirs, mine, linked.get(name, ()))))
                or (other != before and _has_moved(base, mine, theirs, linked.get(name, ())))
            )
            values[name] = other if own == before and not is_clash else own
            clashes += [Clash(name, before, own, other)] if is_clash else []
    taken = tuple(name for name, value in values.items() if value != _side(base, mine, name))
    return Merge(values, tuple(clashes), taken)


_ABSENT: Any = object()


def _all_names(*sides: Values) -> list[str]:
    return list(dict.fromkeys(name for side in sides for name in side))


def _side(base: Values, side: Values, name: str) -> Any:
    return side[name] if name in side else base.get(name)


def _whole(before: Values | None, side: Values | None) -> dict[str, Any]:
    """A mapping in which a key that was taken away is told from one that was never named."""
    return {**dict.fromkeys(before or {}, _ABSENT), **(side or {})}


def _shown(value: Any) -> Any:
    return None if value is _ABSENT else value


def _has_moved(base: Values, side: Values, other: Values, names: Collection[str]) -> bool:
    """Whether one of these fields was changed on that side, to what the other does not have."""
    return any(
        _side(base, side, name) != base.get(name) and _side(base, side, name) != _side(base, other, name)
        for name in names
    )


def _merged_set(
    before: Iterable[Any] | None, own: Iterable[Any] | None, other: Iterable[Any] | None
) -> tuple[Any, ...]:
    """Theirs, without what was taken away here, with what was added here; in their order, mine behind."""
    old, ours = list(before or ()), list(own or ())
    removed = [one for one in old if one not in ours]
    kept = [one for one in other or () if one not in removed]
    added = [one for one in ours if one not in old and one not in kept]
    merged = tuple(dict.fromkeys(kept + added))
    return tuple(ours) if set(merged) == set(ours) else merged  # nothing changes but the order: it stays
