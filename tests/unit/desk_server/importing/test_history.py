"""Histories: statuses, reopenings, last values; grown logs and repeated imports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from desk_server.importing.history import Known, KnownEvent, TicketHistory, tickets_of
from desk_server.importing.identity import import_keys
from desk_server.importing.mapping import LogMap, parse_map
from desk_server.importing.reader import LogRow

START = datetime(2020, 1, 1, tzinfo=UTC)
STATUS = {"Solve": "resolved", "Close": "closed", "Take": "open", "Wait": "waiting_customer"}


def a_map(**tables: Any) -> LogMap:
    log = {"ticket": "case", "event": "what", "at": "when", "by": "who"}
    return parse_map({"log": log, "ticket": {"product": "p"}, "status": STATUS, **tables})


def row(line: int, day: int, event: str, product: str | None = None, ticket: str = "A") -> LogRow:
    return LogRow(line, ticket, START + timedelta(days=day), event, None, (product,))


def histories(
    rows: list[LogRow], known: dict[str, Known] | None = None, log_map: LogMap | None = None
) -> list[TicketHistory]:
    keyed = list(zip(rows, import_keys("s", rows), strict=True))
    return tickets_of(log_map or a_map(), ("product",), keyed, known or {})


def after(found: list[TicketHistory], known: dict[str, Known] | None = None) -> dict[str, Known]:
    """What the desk holds once these histories are imported."""
    held = dict(known or {})
    for number, story in enumerate(found):
        before = held.get(story.ticket)
        new = [KnownEvent(event.at, event.key, event.status) for event in story.events]
        events = sorted([*(before.events if before else ()), *new], key=lambda event: event.at)
        held[story.ticket] = Known(id=number, number=number, touched=False, events=tuple(events))
    return held


def states(story: TicketHistory) -> list[str | None]:
    return [event.status for event in story.events]


def test_mapped_events_state_their_status_every_time() -> None:
    [story] = histories([row(2, 0, "New"), row(3, 1, "Solve"), row(4, 2, "Solve"), row(5, 3, "Close")])
    assert states(story) == [None, "resolved", "resolved", "closed"]
    assert (story.status, story.reported_at) == ("closed", START)


def test_any_other_event_reopens_once() -> None:
    [story] = histories(
        [row(2, 0, "Solve"), row(3, 1, "Mail"), row(4, 2, "Mail"), row(5, 3, "Wait"), row(6, 4, "Mail")]
    )
    assert states(story) == ["resolved", "open", None, "waiting_customer", None]
    assert story.status == "waiting_customer"


def test_without_any_status_a_ticket_is_new_or_what_the_map_says() -> None:
    assert histories([row(2, 0, "Mail")])[0].status == "new"
    assert histories([row(2, 0, "Mail")], log_map=a_map(default={"status": "open"}))[0].status == "open"


def test_events_go_by_time_and_equal_times_by_the_file() -> None:
    [story] = histories([row(2, 5, "Close"), row(3, 1, "b"), row(4, 1, "a"), row(5, 0, "Solve")])
    assert [event.event for event in story.events] == ["Solve", "b", "a", "Close"]
    assert states(story) == ["resolved", "open", None, "closed"]
    assert story.reported_at == START


def test_last_value_that_is_not_null_holds() -> None:
    [story] = histories([row(2, 2, "x", "last"), row(3, 1, "x", "first"), row(4, 3, "x", None)])
    assert story.values == {"product": "last", "subject": "A"}
    assert story.defaulted == ("subject",)


def test_defaults_fill_what_the_log_leaves_empty() -> None:
    [story] = histories([row(2, 0, "x")], log_map=a_map(default={"product": "P0", "subject": "From elsewhere"}))
    assert story.values == {"product": "P0", "subject": "From elsewhere"}
    assert set(story.defaulted) == {"product", "subject"}


def test_equal_rows_stay_and_importing_again_brings_nothing() -> None:
    rows = [row(2, 0, "x"), row(3, 0, "x"), row(4, 0, "x")]
    first = histories(rows)
    assert len({event.key for event in first[0].events}) == 3
    assert histories(rows, after(first))[0].events == ()


def test_a_reopening_is_seen_across_two_files() -> None:
    first = histories([row(2, 0, "x"), row(3, 1, "Solve")])
    [story] = histories([row(2, 2, "Mail")], after(first))
    assert (states(story), story.status, story.reported_at) == (["open"], "open", START)


def test_what_a_machine_did_takes_part() -> None:
    solved = KnownEvent(START + timedelta(days=1), None, "resolved")
    known = {"A": Known(id=1, number=1, touched=True, events=(KnownEvent(START, None, "new"), solved))}
    [story] = histories([row(2, 2, "Mail")], known)
    assert states(story) == ["open"]


def test_an_older_log_only_fills_gaps() -> None:
    known = after(histories([row(2, 5, "x", "new")]))
    [story] = histories([row(2, 1, "x", "old")], known)
    assert not story.is_newer
    assert story.reported_at == START + timedelta(days=1)


def test_identity_tells_source_ticket_time_event_and_person_apart() -> None:
    base = LogRow(2, "A", START, "x", "ann", ())
    others = [
        LogRow(2, "B", START, "x", "ann", ()),
        LogRow(2, "A", START + timedelta(microseconds=1), "x", "ann", ()),
        LogRow(2, "A", START, "y", "ann", ()),
        LogRow(2, "A", START, "x", "bob", ()),
        LogRow(2, "A", START, "x", None, ()),
    ]
    keys = {import_keys("s", [each])[0] for each in (base, *others)} | {import_keys("t", [base])[0]}
    assert len(keys) == 7
    moved = LogRow(99, "A", START, "x", "ann", ("other value",))
    assert import_keys("s", [base]) == import_keys("s", [moved])  # neither place nor values are part of it


events = st.builds(
    lambda ticket, day, event, product: (ticket, day, event, product),
    st.sampled_from("AB"),
    st.integers(0, 6),
    st.sampled_from([*STATUS, "Mail", "Note"]),
    st.sampled_from([None, "P1", "P2"]),
)


def rows_of(told: list[tuple[str, int, str, str | None]]) -> list[LogRow]:
    return [row(line, day, event, product, ticket) for line, (ticket, day, event, product) in enumerate(told, 2)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(events, max_size=25), st.integers(0, 25))
def test_a_grown_log_gives_what_the_whole_log_gives(told: list[tuple[str, int, str, str | None]], cut: int) -> None:
    """Grown as logs grow: later rows come behind. Whole again or the new rows alone, it is the same."""
    told = sorted(told, key=lambda each: each[1])
    whole = {story.ticket: story for story in histories(rows_of(told))}
    first = histories(rows_of(told[:cut]))
    grown = histories(rows_of(told), after(first))
    for story in grown:
        old = next((each.events for each in first if each.ticket == story.ticket), ())
        assert (*old, *story.events) == whole[story.ticket].events
        assert (story.status, story.reported_at) == (whole[story.ticket].status, whole[story.ticket].reported_at)
        assert story.values["product"] == whole[story.ticket].values["product"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(events, st.booleans()), max_size=25))
def test_rows_that_come_late_leave_the_status_of_the_whole_log(
    told: list[tuple[tuple[str, int, str, str | None], bool]],
) -> None:
    rows = rows_of([each for each, _ in told])
    whole = {story.ticket: story for story in histories(rows)}
    first = histories([each for each, (_, is_early) in zip(rows, told, strict=True) if is_early])
    for story in histories(rows, after(first)):
        assert story.status == whole[story.ticket].status
        assert (story.reported_at, story.values) == (whole[story.ticket].reported_at, whole[story.ticket].values)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(events, max_size=25))
def test_importing_twice_changes_nothing(told: list[tuple[str, int, str, str | None]]) -> None:
    first = histories(rows_of(told))
    for again, once in zip(histories(rows_of(told), after(first)), first, strict=True):
        assert again.events == ()
        assert (again.status, again.reported_at, again.values) == (once.status, once.reported_at, once.values)
