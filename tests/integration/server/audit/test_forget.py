"""``desk-server forget``: a person's values are in no table any more, and the audit still verifies."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from desk_server.audit.sealing import Sealer
from tests.desks import RunningDesk, assert_refused, desk_server
from tests.integration.database.world import World, insert, one, refused, rows, update

SECRETS = {
    "name": "Quanzhong Xylander",
    "title": "Chief Tastequx",
    "phone": "+86 555 919191",
    "mail": "qx.lander@example.com",
    "note": "allergicqux to calls 过敏症",
}
CHANGED = {"phone": "+86 555 929292", "mail": "second.qx@example.com"}
PRIVATE_COMMENT = "Hospitalqux until June"
FILE = ("xylander-cv.pdf", b"CV-of-qx-in-bytes")


@pytest.fixture
def dump(desk: RunningDesk) -> Callable[[], str]:
    """All that pg_dump writes of the desk."""

    def run() -> str:
        arguments = desk.desk.owner_connect_args()
        command = [desk.desk.binaries.program("pg_dump"), "-h", arguments["host"], "-p", str(arguments["port"])]
        answer = subprocess.run([*command, "-U", arguments["user"], "desk"], capture_output=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.decode()

    return run


@pytest.fixture
def sealed(desk: RunningDesk) -> Iterator[Callable[[], int]]:
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield lambda: Sealer(connection, run_seconds=60).run()


def found_in(text: str, values: list[str]) -> list[str]:
    return [value for value in values if value in text]


def test_nothing_of_a_person_is_left_in_the_whole_dump(
    desk: RunningDesk, world: World, full: Any, boss: Any, dump: Any, sealed: Any
) -> None:
    contact = insert(full, "contact", customer_id=world.customer, **SECRETS)
    other = insert(full, "contact", customer_id=world.customer, name="Stays Here", phone="555-0777")
    ticket = insert(full, "ticket", **world.ticket(contact_id=contact))
    update(full, "contact", contact, **CHANGED)
    comment = insert(full, "comment", ticket_id=ticket, body=PRIVATE_COMMENT, is_private=True)
    kept_comment = insert(full, "comment", ticket_id=ticket, body="Private but stays", is_private=True)
    file = insert(full, "attachment", ticket_id=ticket, name=FILE[0], media_type="text/plain", content=FILE[1])
    sealed()
    words = ["xylander", "tastequx", "919191", "929292", "qx", "allergicqux", "过敏", "hospitalqux"]
    values = [*SECRETS.values(), *CHANGED.values(), PRIVATE_COMMENT, FILE[0], FILE[1].hex()]
    before = dump()
    assert found_in(before, values) == values  # the positive control: all of it is there to be found
    assert found_in(before, [f"'{word}'" for word in words])

    answer = desk_server(
        "forget", contact, "--yes", "--comment", comment, "--attachment", file, "--json", "--data", desk.desk.data
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    removed = json.loads(answer.stdout)
    assert (removed["contact"], removed["comments"], removed["attachments"]) == (contact, 1, 1)
    assert removed["entries"] >= 4
    after = dump()
    assert found_in(after, [*values, *words]) == []
    assert found_in(after, ["555-0777", "Stays Here", "Private but stays"]) != []
    assert one(boss, "SELECT name FROM desk.contact WHERE id = %s", other) == "Stays Here"
    assert one(boss, "SELECT body FROM desk.comment_private WHERE comment_id = %s", kept_comment) == "Private but stays"
    row = rows(boss, "SELECT name, phone, retired_at IS NOT NULL AS retired FROM desk.contact WHERE id = %s", contact)
    assert row == [{"name": "forgotten", "phone": None, "retired": True}]
    assert rows(boss, "SELECT name, size FROM desk.attachment") == [{"name": "forgotten", "size": 0}]
    sealed()
    verified = desk_server("audit", "verify", "--json", "--data", desk.desk.data)
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["unsealed"] == 0
    told = one(
        boss,
        "SELECT changes -> 'forgotten' -> 1 FROM desk.audit_entry WHERE entity = 'contact' AND row_key = %s"
        " AND changes ? 'forgotten'",
        str(contact),
    )
    assert (told["comments"], told["attachments"], len(told["entries"])) == ([comment], [file], removed["entries"])


def test_lines_that_an_import_could_not_read_are_named_and_emptied(
    desk: RunningDesk, world: World, full: Any, boss: Any, dump: Any
) -> None:
    contact = insert(full, "contact", customer_id=world.customer, name="Yolanda Zweig", phone="+86 555 848484")
    update(full, "contact", contact, phone="+86 555 858585")
    boss.execute(
        "WITH batch AS (INSERT INTO desk.import_batch (source, file, encoding) VALUES ('log', 'old.csv', 'utf-8')"
        " RETURNING id)"
        " INSERT INTO desk.import_reject (batch_id, file, line, reason, content) SELECT id, 'old.csv', v.line,"
        " 'too few columns', v.content FROM batch, (VALUES (7, '9;YOLANDA zweig;broken'), (8, 'call +86 555 848484'),"
        " (9, 'somebody else; 555-0000')) AS v (line, content)"
    )
    data = ("--data", desk.desk.data)
    said = desk_server("forget", contact, "--dry-run", *data).stdout
    assert "old.csv:7, old.csv:8: their text stays; --import-lines" in said
    answer = desk_server("forget", contact, "--yes", "--import-lines", *data)
    assert answer.returncode == 0, answer.stderr
    assert "old.csv:7, old.csv:8: their text goes." in answer.stdout
    assert "2 import lines and" in answer.stdout
    assert rows(boss, "SELECT line, reason, content FROM desk.import_reject WHERE file = 'old.csv' ORDER BY line") == [
        {"line": 7, "reason": "too few columns", "content": ""},
        {"line": 8, "reason": "too few columns", "content": ""},
        {"line": 9, "reason": "too few columns", "content": "somebody else; 555-0000"},
    ]
    assert found_in(dump().lower(), ["yolanda", "848484", "858585"]) == []


def test_the_open_door_is_the_function_s_alone(boss: Any, full: Any, world: World) -> None:
    """Not a row more than it names, and not by hand, even while it runs."""
    contact = insert(full, "contact", customer_id=world.customer, name="Ning", phone="555-0123")
    entry = one(boss, "SELECT max(entry_id) FROM desk.audit_private")
    boss.execute("BEGIN")
    boss.execute("SELECT * FROM desk.forget_contact(%s, NULL, NULL)", (contact,))
    with refused("DK020"):
        boss.execute("DELETE FROM desk.audit_private")
    boss.execute("ROLLBACK")
    assert one(boss, "SELECT count(*) FROM desk.audit_private WHERE entry_id = %s", entry) == 1
    boss.execute(
        "INSERT INTO desk.forgetting (relation, row_id, at) VALUES ('audit_private', %s, now())", (entry,)
    )  # left by hand, of a transaction that is over
    with refused("DK020"):
        boss.execute("DELETE FROM desk.audit_private WHERE entry_id = %s", (entry,))
    boss.execute("DELETE FROM desk.forgetting")
    with refused("42501"):
        full.execute("SELECT * FROM desk.forget_contact(%s, NULL, NULL)", (contact,))


def test_a_file_is_emptied_and_nothing_else(boss: Any, full: Any, world: World) -> None:
    ticket = insert(full, "ticket", **world.ticket())
    file = insert(full, "attachment", ticket_id=ticket, name="a.txt", media_type="text/plain", content=b"x")
    for change in ("name = 'b.txt'", "name = 'forgotten', content = ''"):
        with refused("DK020"):
            boss.execute(f"UPDATE desk.attachment SET {change} WHERE id = {file}")
    boss.execute("BEGIN; INSERT INTO desk.forgetting VALUES ('attachment', %s, now())", (file,))
    with refused("DK020"):
        boss.execute(
            "UPDATE desk.attachment SET name = 'forgotten', content = '', ticket_id = NULL WHERE id = %s", (file,)
        )
    boss.execute("ROLLBACK")


def test_by_name_or_mail_and_ambiguous_names_say_what_to_do(
    desk: RunningDesk, boss: Any, full: Any, world: World
) -> None:
    data = ("--data", desk.desk.data)
    first = insert(full, "contact", customer_id=world.customer, name="Wang Wei", mail="w1@example.com")
    second = insert(full, "contact", customer_id=world.other_customer, name="wang wei", mail="w2@example.com")
    assert_refused(desk_server("forget", "Wang Wei", "--yes", *data), "2 contacts", f"{first} at", f"{second} at")
    assert_refused(desk_server("forget", "Nobody Atall", "--yes", *data), "no contact")
    assert_refused(desk_server("forget", "99999999", "--yes", *data), "no contact")
    assert_refused(desk_server("forget", first, "--comment", "77777", *data), "no private comment 77777")
    ticket = insert(full, "ticket", **world.ticket(subject="Wei Wang called again"))
    shown = desk_server("forget", "w2@example.com", "--dry-run", *data)
    assert f"Contact {second}, wang wei" in shown.stdout
    assert f"#{one(boss, 'SELECT number FROM desk.ticket WHERE id = %s', ticket)}" in shown.stdout
    assert one(boss, "SELECT mail FROM desk.contact WHERE id = %s", second) == "w2@example.com"
    assert_refused(desk_server("forget", "W2@example.com", "--json", *data), "nobody is there to be asked", "--yes")
    assert one(boss, "SELECT mail FROM desk.contact WHERE id = %s", second) == "w2@example.com"
    answer = desk_server("forget", "W2@example.com", "--yes", *data)
    assert answer.returncode == 0 and f"Contact {second} is forgotten" in answer.stdout
    assert one(boss, "SELECT count(*) FROM desk.contact WHERE mail = 'w1@example.com'") == 1
    again = desk_server("forget", second, "--yes", *data)
    assert again.returncode == 0
