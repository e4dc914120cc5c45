"""Importing logs: what they become, that nothing comes twice, and that nothing is lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.queries.tickets import list_tickets
from shared.schemas.ticket_listing import TicketFilter, TicketListing
from tests.desks import RunningDesk

Ask = Callable[..., list[Any]]
Run = Callable[..., Any]
COUNTS = """
SELECT (SELECT count(*) FROM desk.ticket), (SELECT count(*) FROM desk.ticket_event), (SELECT count(*) FROM desk.choice),
    (SELECT count(*) FROM desk.customer), (SELECT count(*) FROM desk.product), (SELECT count(*) FROM desk.staff),
    (SELECT count(*) FROM desk.audit_entry), (SELECT count(*) FROM desk.search_public),
    (SELECT count(*) FROM desk.import_batch), (SELECT count(*) FROM desk.import_reject),
    (SELECT last_value FROM desk.ticket_number), (SELECT last_value FROM desk.customer_number)
"""
EVENTS = """
SELECT e.what, e.status, s.code, d.code FROM desk.ticket_event AS e JOIN desk.ticket AS t ON t.id = e.ticket_id
LEFT JOIN desk.staff AS s ON s.id = e.person_id LEFT JOIN desk.department AS d ON d.id = e.department_id
WHERE t.external_id = %s AND t.import_source = %s ORDER BY e.at, e.id
"""
TICKET = """
SELECT t.status, p.code, t.priority, c.name, to_char(t.reported_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
    t.origin, t.subject
FROM desk.ticket AS t LEFT JOIN desk.product AS p ON p.id = t.product_id
LEFT JOIN desk.customer AS c ON c.id = t.customer_id
WHERE t.external_id = %s AND t.import_source = %s
"""


def test_a_log_becomes_tickets_with_their_history(import_text: Run, ask: Ask) -> None:
    rows = (
        "A-1,Take,2020-01-01 10:00,ann,STB-1,high\n"
        "A-1,Solve,2020-01-02 10:00,bob,,Odd\n"
        "A-1,Mail,2020-01-03 10:00,?,STB-2,?\n"
        "B-1,Close,2020-01-05 10:00,ann,?,High\n"
    )
    result = import_text(rows, "--source", "first").json
    assert (result["rows"], result["tickets"], result["events"], result["rejects"]) == (4, 2, 4, [])
    assert result["created"] == {
        "customers": ["Imported"],
        "products": ["STB-1", "STB-2"][1:],  # a value that no ticket ends with is not made
        "people": ["ann", "bob"],
        "choices": ["priority: High", "priority: Odd"],
    }
    assert (result["encoding"], result["delimiter"], result["kept"]) == ("utf-8", ",", [])
    assert result["unused_status"] == []
    assert ask(TICKET, ("A-1", "first")) == [("open", "STB-2", "Odd", "Imported", "2020-01-01 10:00", "import", "A-1")]
    assert ask(TICKET, ("B-1", "first"))[0][:3] == ("closed", None, "High")  # no desk's high: choices go by code alone
    assert ask(EVENTS, ("A-1", "first")) == [
        ("Take", None, "ann", "support"),
        ("Solve", "resolved", "bob", "support"),
        ("Mail", "open", None, None),
    ]
    assert ask("SELECT retired_at IS NOT NULL FROM desk.choice WHERE code = 'Odd'") == [(True,)]
    assert ask("SELECT rows, tickets, events, finished_at IS NOT NULL FROM desk.import_batch WHERE id = %s", (
        result["batch"],
    )) == [(4, 2, 4, True)]  # fmt: skip


def test_running_again_imports_nothing_twice_and_a_grown_log_only_its_new_rows(import_text: Run, ask: Ask) -> None:
    rows = "A-1,Take,2020-01-01,ann,,\nA-1,Take,2020-01-01,ann,,\nA-1,Solve,2020-01-02,ann,P1,\n"
    first = import_text(rows, "--source", "grown").json
    assert (first["tickets"], first["events"]) == (1, 3)  # equal rows stay
    again = import_text(rows, "--source", "grown").json
    assert (again["rows"], again["tickets"], again["events"], again["updated"]) == (3, 0, 0, 0)
    more = rows + "A-1,Take,2020-01-01,ann,,\nA-1,Mail,2020-01-03,ann,P2,low\nB-1,Take,2020-01-03,ann,,\n"
    grown = import_text(more, "--source", "grown").json
    assert (grown["tickets"], grown["events"], grown["updated"]) == (1, 3, 1)
    assert ask(TICKET, ("A-1", "grown"))[0][:3] == ("open", "P2", "low")
    assert len(ask(EVENTS, ("A-1", "grown"))) == 5


def test_the_new_rows_alone_give_the_same(import_text: Run, ask: Ask) -> None:
    import_text("A-1,Take,2020-01-01,ann,P1,high\nA-1,Solve,2020-01-02,ann,,\n", "--source", "tail")
    tail = import_text("A-1,Mail,2020-01-03,ann,,\n", "--source", "tail").json
    assert (tail["tickets"], tail["events"]) == (0, 1)
    assert ask(TICKET, ("A-1", "tail"))[0][:5] == ("open", "P1", "high", "Imported", "2020-01-01 00:00")
    import_text("A-1,Call,2019-12-31,ann,P0,low\n", "--source", "tail")
    assert ask(TICKET, ("A-1", "tail"))[0][:5] == ("open", "P1", "high", "Imported", "2019-12-31 00:00")


def test_sources_are_kept_apart(import_text: Run, ask: Ask) -> None:
    row = "S-1,Take,2020-01-01,ann,,\n"
    assert import_text(row, "--source", "one").json["tickets"] == 1
    assert import_text(row, "--source", "two").json["tickets"] == 1
    assert import_text(row).json["source"] == "log"  # the file's name
    named = import_text(row, log_map="[log]\nsource = 'mapped'\n" + "ticket='case'\nevent='what'\nat='when'\n").json
    assert named["source"] == "mapped"
    assert ask("SELECT count(*) FROM desk.ticket WHERE external_id = 'S-1'") == [(4,)]


def test_a_dry_run_changes_nothing_and_says_the_same(import_text: Run, ask: Ask) -> None:
    rows = "D-1,Take,2020-01-01,dora,DRY,dry\nD-1,Solve,bad,dora,,\n"
    before = ask(COUNTS)
    dry = import_text(rows, "--source", "dry", "--dry-run").json
    assert ask(COUNTS) == before
    real = import_text(rows, "--source", "dry").json
    assert ask(COUNTS) != before
    differing = {"batch", "dry_run", "seconds"}
    assert {key: value for key, value in dry.items() if key not in differing} == {
        key: value for key, value in real.items() if key not in differing
    }
    assert (dry["batch"], dry["dry_run"], dry["tickets"], len(dry["rejects"])) == (None, True, 1, 1)


def test_a_ticket_that_a_machine_edited_keeps_its_values_and_gets_the_events(
    import_text: Run, ask: Ask, raw: Run
) -> None:
    rows = "T-1,Take,2020-01-01,ann,P1,high\nT-2,Take,2020-01-01,ann,P1,high\n"
    import_text(rows, "--source", "touched")
    with raw("full").cursor() as cursor:
        cursor.execute(
            "UPDATE desk.ticket SET priority = 'urgent', save_id = %s, row_version = row_version + 1"
            " WHERE external_id = 'T-1' AND import_source = 'touched'",
            (str(uuid.uuid4()),),
        )
        assert cursor.rowcount == 1
    more = rows + "T-1,Solve,2020-01-05,ann,P2,low\nT-2,Solve,2020-01-05,ann,P2,low\n"
    for options in (["--dry-run"], []):
        result = import_text(more, "--source", "touched", *options).json
        [kept] = result["kept"]
        assert (kept["ticket"], kept["new_events"], result["updated"]) == ("T-1", 1, 1)
    assert kept["number"] == ask("SELECT number FROM desk.ticket WHERE external_id = 'T-1'")[0][0]
    assert ask(TICKET, ("T-1", "touched"))[0][:3] == ("new", "P1", "urgent")
    assert ask(TICKET, ("T-2", "touched"))[0][:3] == ("resolved", "P2", "low")  # the control
    assert ("Solve", "resolved", "ann", "support") in ask(EVENTS, ("T-1", "touched"))
    assert import_text(more, "--source", "touched").json["events"] == 0


def test_rows_that_cannot_be_read_are_kept_with_file_line_and_reason(import_text: Run, ask: Ask) -> None:
    rows = (
        'R-1,"Take\nit",2020-01-01,ann,,\n,Take,2020-01-01,ann,,\nR-1,Take,soon,ann,,\nR-1,x\0y,2020-01-01,a,,\nR-1,a\n'
    )
    outcome = import_text(rows, "--source", "rejected")
    result = outcome.json
    assert (result["rows"], result["events"]) == (5, 1)
    assert [(row["line"], row["reason"]) for row in result["rejects"]] == [
        (4, "the ticket's name is empty"),
        (5, "the time 'soon' is not one in ISO 8601"),
        (6, "the row holds a NUL character"),
        (7, "the row has 2 cells, fewer than the heading's 6"),
    ]
    assert all(row["file"].endswith("log.csv") for row in result["rejects"])
    assert "4 rows rejected:" in outcome.err and "log.csv:5: the time 'soon'" in outcome.err
    stored = ask("SELECT line, reason, content FROM desk.import_reject WHERE batch_id = %s ORDER BY line", (
        result["batch"],
    ))  # fmt: skip
    assert stored[1] == (5, "the time 'soon' is not one in ISO 8601", "R-1,Take,soon,ann,,")
    assert stored[2][2] == "R-1,x\u2400y,2020-01-01,a,,"


@pytest.mark.parametrize(
    ("codec", "named", "options"),
    [
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "utf-16-le", []),
        ("utf-16-be", "utf-16-be", []),
        ("gb18030", "gb18030", []),
        ("gb18030", "gb18030", ["--encoding", "gb18030"]),
    ],
)
def test_encodings_are_found_and_said(import_text: Run, ask: Ask, codec: str, named: str, options: list[str]) -> None:
    source = f"{codec}{len(options)}"
    log_map = "[log]\nticket='工单'\nevent='事件'\nat='时间'\n[ticket]\nsubject='标题'\n[status]\n'解决'='resolved'\n"
    text = "工单,事件,时间,标题\r\n甲1,登记,2019/2/8 9:05:00,机顶盒花屏\r\n甲1,解决,2019/2/9 11:25:05,机顶盒花屏\r\n"
    result = import_text(text.encode(codec), "--source", source, *options, log_map=log_map).json
    assert (result["encoding"], result["events"]) == (named, 2)
    assert ask(
        "SELECT status, subject FROM desk.ticket WHERE external_id = '甲1' AND import_source = %s", (source,)
    ) == [("resolved", "机顶盒花屏")]


def test_the_sources_own_name_is_found_by_the_clients_text_filter(import_text: Run, desk: RunningDesk) -> None:
    import_text("Case-7731-Q,Take,2020-01-01,ann,,\nCase-7732-Q,Take,2020-01-01,ann,,\n", "--source", "found")
    database = desk.database("query")
    try:
        with database.reading() as connection:
            page = list_tickets(connection, TicketListing(filter=TicketFilter(text="Case-7731-Q")))
    finally:
        database.close()
    assert [row.subject for row in page.rows] == ["Case-7731-Q"]


def test_every_field_finds_its_row_or_is_made(import_text: Run, ask: Ask) -> None:
    fields = {
        "subject": "Picture", "description": "It flickers", "customer": "ACME", "contact": "Ms Li", "project": "PX",
        "product": "STB-9", "found_in_release": "1.0", "fixed_in_release": "1.1", "hardware_revision": "B",
        "serial": "S9", "category": "video", "symptom": "odd symptom", "cause": "odd cause", "kind": "problem",
        "source": "sales", "channel": "phone", "severity": "major", "assignee": "carl", "department": "Testing",
        "resolution": "Fixed", "next_step": "Ask", "next_step_at": "2020-02-01", "due_at": "2020-03-01",
        "waiting_for": "dana", "custom.site": "Milan",
    }  # fmt: skip
    log_map = "[log]\nticket='case'\nevent='what'\nat='when'\n[ticket]\n" + "".join(
        f"{key}='{key}'\n" for key in fields
    )
    heading = ",".join(["case", "what", "when", *fields]) + "\n"
    row = ",".join(["F-1", "Take", "2020-01-01", *fields.values()]) + "\n"
    result = import_text(row, "--source", "fields", log_map=log_map, heading=heading).json
    assert result["rejects"] == []
    assert result["created"] == {
        "customers": ["ACME"], "products": ["STB-9"], "people": ["carl", "dana"],
        "choices": ["cause: odd cause", "symptom: odd symptom"], "contacts": ["ACME: Ms Li"], "projects": ["PX"],
        "releases": ["STB-9: 1.0", "STB-9: 1.1"], "hardware_revisions": ["STB-9: B"],
    }  # fmt: skip
    found = ask(
        "SELECT t.kind, t.severity, t.symptom, c.name, co.name, pr.code, p.code, r.version, f.version, h.code, s.code,"
        " d.code, w.code, t.custom, t.due_at::date::text, t.serial FROM desk.ticket t"
        " JOIN desk.customer c ON c.id = t.customer_id JOIN desk.contact co ON co.id = t.contact_id"
        " JOIN desk.project pr ON pr.id = t.project_id JOIN desk.product p ON p.id = t.product_id"
        " JOIN desk.release r ON r.id = t.found_in_release_id JOIN desk.release f ON f.id = t.fixed_in_release_id"
        " JOIN desk.hardware_revision h ON h.id = t.hardware_revision_id JOIN desk.staff s ON s.id = t.assignee_id"
        " JOIN desk.department d ON d.id = t.department_id JOIN desk.staff w ON w.id = t.waiting_for_staff_id"
        " WHERE t.external_id = 'F-1'"
    )
    assert found == [
        ("problem", "major", "odd symptom", "ACME", "Ms Li", "PX", "STB-9", "1.0", "1.1", "B", "carl", "test", "dana",
         {"site": "Milan"}, "2020-03-01", "S9")
    ]  # fmt: skip
    again = import_text(row, "--source", "fields", log_map=log_map, heading=heading).json
    assert (again["events"], again["updated"], any(again["created"].values())) == (0, 0, False)


def test_a_value_that_hangs_on_nothing_is_kept_aside(import_text: Run, ask: Ask) -> None:
    log_map = "[log]\nticket='case'\nevent='what'\nat='when'\n[ticket]\nfound_in_release='model'\nproject='prio'\n"
    result = import_text("H-1,Take,2020-01-01,ann,2.0,PZ\n", "--source", "hanging", log_map=log_map).json
    assert "releases" not in result["created"]
    assert ask("SELECT custom, found_in_release_id FROM desk.ticket WHERE external_id = 'H-1'") == [
        ({"found_in_release": "2.0", "project": "PZ"}, None)
    ]


def test_every_ticket_and_event_is_audited_and_every_ticket_is_searchable(import_text: Run, ask: Ask) -> None:
    def counts() -> list[int]:
        audited = "SELECT count(*) FROM desk.audit_entry WHERE entity = %s AND action = 'insert'"
        searched = "SELECT count(*) FROM desk.search_public WHERE entity = 'ticket'"
        return [ask(audited, ("ticket",))[0][0], ask(audited, ("ticket_event",))[0][0], ask(searched)[0][0]]

    before = counts()
    rows = "".join(f"Q-{number % 40},Take,2020-01-01 00:{number % 60:02},ann,,\n" for number in range(200))
    import_text(rows, "--source", "audited")
    assert [after - old for after, old in zip(counts(), before, strict=True)] == [40, 200, 40]
    assert ask(
        "SELECT count(*) FROM desk.ticket_summary s JOIN desk.ticket t ON t.id = s.ticket_id"
        " WHERE t.import_source = 'audited' AND s.events = 5"
    ) == [(40,)]


@pytest.mark.parametrize(
    ("log_map", "heading", "words"),
    [
        ("[log]\nticket = 'nope'\nevent='what'\nat='when'\n", "case,what,when\n", "log.ticket = 'nope'"),
        ("[log]\nticket = 'case'\n", "case,what,when\n", "[log] needs the key 'event'"),
        ("[log", "case\n", "no valid TOML"),
        ("[log]\nticket = 'case'\nevent='what'\nat='when'\n", "", "is empty"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_sentence(
    import_text: Run, ask: Ask, log_map: str, heading: str, words: str
) -> None:
    before = ask(COUNTS)
    outcome = import_text(b"" if not heading else "", log_map=log_map, heading=heading)
    assert (outcome.code, outcome.out) == (1, "")
    assert words in outcome.err and "Traceback" not in outcome.err
    assert ask(COUNTS) == before


def test_a_doubtful_encoding_is_asked_for(import_text: Run) -> None:
    data = "GRÖßE,what,when\n1,a,2020-01-01\n".encode("cp1252")
    log_map = "[log]\nticket='GRÖßE'\nevent='what'\nat='when'\n"
    refused = import_text(data, "--source", "doubt", log_map=log_map)
    if refused.code:  # charset-normalizer may learn; what it then says is right
        assert "--encoding gb18030: GR诌E,what,when" in refused.err
    assert import_text(data, "--source", "doubt", "--encoding", "cp1252", log_map=log_map).json["encoding"] == (
        "windows-1252"
    )


def test_wrong_usage_is_told_from_refusal(command: Run, tmp_path: Path) -> None:
    assert command("import", "log").code == 2
    assert command("import", "log", tmp_path / "x.csv").code == 2  # no map
    assert command("import", "log", "x", "--map", "y", "--source").code == 2
    assert command("import", "log", tmp_path / "x.csv", "--map", tmp_path / "y.toml").code == 1


def test_a_log_as_other_systems_write_it(command: Run, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        "[log]\nticket='Case ID'\nevent='Activity'\nat='Complete Timestamp'\nby='Resource'\n"
        "time_format='%Y/%m/%d %H:%M:%S.%f'\ntime_zone='Europe/Rome'\nnull=['?','']\n"
        "[ticket]\nproduct='product'\ncustomer='customer'\nseverity='seriousness'\ncategory='Variant#2'\n"
        "[status]\n'Resolve ticket'='resolved'\n'Closed'='closed'\n'Misspelt'='closed'\n",
        encoding="utf-8",
    )
    log = tmp_path / "finale.csv"
    log.write_bytes(
        "Case ID;Activity;Resource;Complete Timestamp;Variant;seriousness;customer;product;Variant\r\n"
        "Case 1;Assign seriousness;Value 1;2012/10/9 14:50:17.000;Variant 12;?;Müller & Söhne;Value 3;Größe\r\n"
        "Case 1;Resolve ticket;Value 2;2012/10/28 1:30:00.000;Variant 12;Value 1;?;Value 3;?\r\n"
        "Case 1;Closed;Value 2;2012/10/28 3:30:00.000;Variant 12;?;?;?;Prüfung\r\n".encode("cp1252")
    )
    outcome = command("import", "log", log, "--map", tmp_path / "map.toml", "--json")
    result = outcome.json
    assert (result["encoding"], result["delimiter"], result["source"]) == ("windows-1252", ";", "finale")
    assert (result["tickets"], result["events"], result["unused_status"]) == (1, 3, ["Misspelt"])
    assert ask(
        "SELECT c.name, p.code, t.severity, t.category, t.reported_at AT TIME ZONE 'UTC' = '2012-10-09 12:50:17',"
        " s.last_closed_at - s.last_resolved_at = '3 hours'"
        " FROM desk.ticket t JOIN desk.customer c ON c.id = t.customer_id JOIN desk.product p ON p.id = t.product_id"
        " JOIN desk.ticket_summary s ON s.ticket_id = t.id WHERE t.import_source = 'finale'"
    ) == [("Müller & Söhne", "Value 3", "Value 1", "Prüfung", True, True)]
    told = command("import", "log", log, "--map", tmp_path / "map.toml")
    assert "0 new tickets and 0 new events imported" in told.out
    assert "[status] 'Misspelt': no row has this event" in told.out
