"""Maps: what they may say, and sentences that name the key that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk_server.importing.mapping import MapError, load_map, parse_map
from shared.domain.status import Status

LOG = {"ticket": "case", "event": "what", "at": "when"}
EXAMPLES = Path(__file__).parents[4] / "examples"


def test_a_full_map() -> None:
    read = parse_map(
        {
            "log": {**LOG, "by": "who", "time_format": "%d.%m.%Y", "time_zone": "Europe/Rome", "null": ["?", ""]},
            "ticket": {"product": "model", "customer_id": "firm", "waiting_for": "boss", "custom": {"site": "Site"}},
            "default": {"priority": 1, "status": "open", "product": "none"},
            "status": {"Done ": "resolved"},
        }
    )
    assert read.status == {"Done": Status.RESOLVED}
    assert read.fields == ("custom.site", "customer", "priority", "product", "waiting_for_staff")
    assert read.columns["ticket.waiting_for_staff"] == "boss"
    assert read.default == {"priority": "1", "status": "open", "product": "none"}


@pytest.mark.parametrize("name", ["helpdesk_log.toml", "volvo_closed_problems.toml"])
def test_the_examples_are_good_maps(name: str) -> None:
    assert load_map(EXAMPLES / name).status


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, ["the table [log] is missing"]),
        ({"log": {"ticket": "a"}}, ["[log] needs the key 'event'", "[log] needs the key 'at'"]),
        ({"log": {**LOG, "tz": "x"}}, ["[log] has no key 'tz'", "time_zone"]),
        ({"log": LOG, "tickets": {}}, ["there is no table [tickets]"]),
        ({"log": {**LOG, "at": 3}}, ["[log] at must be a text in quotes"]),
        ({"log": {**LOG, "time_zone": "Mars/Base"}}, ["[log] time_zone: there is no time zone 'Mars/Base'"]),
        ({"log": {**LOG, "time_zone": "Europe"}}, ["there is no time zone 'Europe'"]),
        ({"log": {**LOG, "time_format": "%H:%M"}}, ["[log] time_format: has no year"]),
        ({"log": {**LOG, "delimiter": ";;"}}, ["[log] delimiter"]),
        ({"log": LOG, "ticket": {"prodct": "p"}}, ["[ticket] prodct: a ticket has no such field", "product, "]),
        ({"log": LOG, "ticket": {"status": "s"}}, ["[ticket] status: the status follows from the events"]),
        ({"log": LOG, "ticket": {"reported_at": "s"}}, ["[ticket] reported_at", "first event"]),
        ({"log": LOG, "ticket": {"number": "s"}}, ["[ticket] number"]),
        ({"log": LOG, "ticket": {"waiting": "a"}}, [" waiting_for, ", "waiting_for_department"]),
        ({"log": LOG, "default": {"colour": "red"}}, ["[default] colour: a ticket has no such field"]),
        ({"log": LOG, "default": {"status": "done"}}, ["[default] status: there is no status 'done'"]),
        ({"log": LOG, "default": {"due_at": "soon"}}, ["[default] due_at: due_at: the time 'soon'"]),
        ({"log": LOG, "default": {"subject": "x" * 301}}, ["longer than 300"]),
        ({"log": LOG, "status": {"Closed": "finished"}}, ["[status] Closed: there is no status 'finished'", "closed"]),
        ({"log": LOG, "ticket": {"waiting_for": "a", "waiting_for_department": "b"}}, ["map one of the two"]),
    ],
)
def test_a_wrong_map_is_refused_by_name(content: dict[str, Any], words: list[str]) -> None:
    assert parse_map({"log": LOG})  # the control
    with pytest.raises(MapError) as refused:
        parse_map(content)
    for word in words:
        assert word in str(refused.value)


def test_a_map_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text("[log\n")
    with pytest.raises(MapError, match=r"no valid TOML.*line 1"):
        load_map(path)
    path.write_bytes("[log]\nticket = 'ü'".encode("latin-1"))
    with pytest.raises(MapError, match="not written in UTF-8"):
        load_map(path)
    with pytest.raises(MapError, match="can't be read"):
        load_map(tmp_path / "none.toml")
    path.write_bytes(b"\xef\xbb\xbf[log]\r\nticket='a'\r\nevent='b'\r\nat='c'\r\n")
    assert load_map(path).log.ticket == "a"
