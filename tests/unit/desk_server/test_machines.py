"""Names of machines and codes of people."""

from __future__ import annotations

import datetime as dt

import pytest

from desk_server.machine_listing import MachineRow, machine_lines
from desk_server.machines import MACHINE_NAME, machine_name, proposed_name, staff_code
from shared.errors import UserError


@pytest.mark.parametrize(("given", "name"), [("PC-0417", "pc-0417"), (" a ", "a"), ("x" * 40, "x" * 40)])
def test_machine_names_are_lower_case(given: str, name: str) -> None:
    assert machine_name(given) == name


@pytest.mark.parametrize("name", ["", "-pc", "pc.local", "pc 1", "pc_1", "x" * 41, "电脑", "owner.local", "pc\n1", "é"])
def test_anything_else_is_no_machine_name(name: str) -> None:
    with pytest.raises(UserError):
        machine_name(name)


@pytest.mark.parametrize("host", ["DESKTOP-ABC123", "mac.local", "电脑", "", "_x_", "a" * 90])
def test_proposed_name_always_fits(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: host)
    assert MACHINE_NAME.fullmatch(proposed_name())


@pytest.mark.parametrize(("person", "code"), [("Li Na", "li-na"), ("李娜", "李娜"), (" j.doe ", "j.doe")])
def test_staff_codes(person: str, code: str) -> None:
    assert staff_code(person) == code


def test_a_person_needs_a_name() -> None:
    with pytest.raises(UserError):
        staff_code(" - ")


def test_the_list_lines_up_with_chinese_names_and_shows_names_beside_codes() -> None:
    rows = [
        MachineRow("pc-1", "full", ("li-wei", "chen"), ("李伟", "chen"), "2028-01-01", sessions=1, address="10.0.0.1"),
        MachineRow("pc-0002", "query", ("x",), ("Ann",), None),
    ]
    lines = machine_lines(rows)
    assert lines[0] == "pc-1     full   李伟 (li-wei), chen  until 2028-01-01  here now at 10.0.0.1"
    assert lines[1] == "pc-0002  query  Ann (x)              not enrolled"


def test_the_list_tells_open_codes_and_when_a_machine_was_last_seen() -> None:
    noon = "2026-11-22T12:00:00+00:00"
    row = MachineRow("pc-1", "full", ("a",), ("a",), "2028-01-01", noon, noon, "::1")
    local = f"{dt.datetime.fromisoformat(noon).astimezone():%Y-%m-%d %H:%M}"
    assert machine_lines([row]) == [f"pc-1  full  a  until 2028-01-01, code until {local}  seen {local} at ::1"]
    assert machine_lines([]) == []
