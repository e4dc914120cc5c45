"""Whatever is tampered with by one who has the whole database in his hands is found, and named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desk_server.audit.encoding import BLOCK_COLUMNS, ENTRY_COLUMNS, NO_BLOCK, Block, content_hash, entry_hash
from desk_server.audit.verify import AuditBrokenError, AuditTimeError
from tests.desks import RunningDesk, assert_refused, desk_server
from tests.integration.database.world import one, rows
from tests.integration.server.audit.tampering import tampered

# What somebody may do who has the whole database in his hands. FIRST is an entry sealed in block 1, at place 7.
FIRST = "(SELECT min(entry_id) + 6 FROM desk.audit_seal)"
NEW_ROW = (
    "INSERT INTO desk.audit_entry (id, at, machine, action, entity, row_key, changes)"
    " SELECT {id}, {at}, 'pc-full', 'update', 'ticket', '1', '{{}}'"
)
ATTACKS: dict[str, tuple[tuple[str, ...], str]] = {
    "a changed value": (
        (f"UPDATE desk.audit_entry SET changes = changes || '{{\"x\": [1, 2]}}' WHERE id = {FIRST}",),
        r"Entry {first} was altered",
    ),
    "another machine": ((f"UPDATE desk.audit_entry SET machine = 'pc-other' WHERE id = {FIRST}",), r"Entry {first} "),
    "another time": (
        (f"UPDATE desk.audit_entry SET at = at - interval '1 microsecond' WHERE id = {FIRST}",),
        r"Entry {first} was altered",
    ),
    "a deleted entry": ((f"DELETE FROM desk.audit_entry WHERE id = {FIRST}",), r"Entry {first} was deleted"),
    "a deleted entry with its seal": (
        (
            f"DELETE FROM desk.audit_entry WHERE id = {FIRST}",
            "DELETE FROM desk.audit_seal WHERE entry_id NOT IN (SELECT id FROM desk.audit_entry)",
        ),
        r"An entry before entry {next} was deleted from block 1",
    ),
    "the last entry of a block with its seal": (
        (
            "DELETE FROM desk.audit_seal WHERE block_id = 1 AND position ="
            " (SELECT max(position) FROM desk.audit_seal WHERE block_id = 1)",
        ),
        r"Block 1 sealed \d+ entries and holds",
    ),
    "an entry inserted with an old id": (
        (NEW_ROW.format(id="-5", at="now() - interval '1 year'"),),
        r"Entry -5 was inserted",
    ),
    "an entry inserted into an old block, with a seal": (
        (
            NEW_ROW.format(id="-5", at="now()"),
            "INSERT INTO desk.audit_seal SELECT -5, 1, 1, sha256('x')",
        ),
        r"Entry -5 was inserted into the past",
    ),
    "two entries exchanged": (
        (
            f"UPDATE desk.audit_entry SET id = CASE id WHEN {FIRST} THEN -1 ELSE -2 END"
            f" WHERE id IN ({FIRST}, {FIRST} + 1)",
            "UPDATE desk.audit_entry SET id = s.entry_id FROM desk.audit_seal s"
            " WHERE audit_entry.id < 0 AND s.position = 9 + audit_entry.id AND s.block_id = 1",
        ),
        r"Entry {first} was altered",
    ),
    "two places exchanged": (
        (
            "UPDATE desk.audit_seal SET position = CASE position WHEN 7 THEN 8 ELSE 7 END"
            " WHERE block_id = 1 AND position IN (7, 8)",
        ),
        r"before entry {first} was deleted from block 1, or moved",
    ),
    "a seal moved to a later block": (
        (f"UPDATE desk.audit_seal SET block_id = 2 WHERE entry_id = {FIRST}",),
        r"An entry before entry {next} was deleted from block 1, or moved",
    ),
    "an altered block": (
        ("UPDATE desk.audit_block SET sealed_at = sealed_at + interval '1 second' WHERE id = 2",),
        r"Block 2 was altered",
    ),
    "a block without the one before": (
        ("UPDATE desk.audit_block SET previous = sha256('x') WHERE id = 3",),
        r"chain is broken at block 3",
    ),
    "a deleted block": (("DELETE FROM desk.audit_block WHERE id = 2",), r"Block 2 is missing"),
    "the last block deleted, its seals left": (
        ("DELETE FROM desk.audit_block WHERE id = (SELECT max(id) FROM desk.audit_block)",),
        r"was sealed in block \d+, which is gone",
    ),
    "altered private values": (
        ("UPDATE desk.audit_private SET values = '{\"phone\": [null, \"1\"]}' WHERE entry_id ="
         " (SELECT min(entry_id) FROM desk.audit_private)",),
        r"The private values of entry \d+ were altered",
    ),
    "private values removed, but not forgotten": (
        ("DELETE FROM desk.audit_private WHERE entry_id = (SELECT min(entry_id) FROM desk.audit_private)",),
        r"The private values of entry \d+ were removed",
    ),
    "private values put to an entry": (
        (f"INSERT INTO desk.audit_private SELECT {FIRST}, 's', '{{\"a\": [1, 2]}}'",),
        r"The private values of entry {first} were altered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_tampered_with_is_found_and_named(chain: None, boss: Any, check: Any, attack: str) -> None:
    check()  # the positive control: it was whole
    statements, expected = ATTACKS[attack]
    first = one(boss, f"SELECT {FIRST}")
    with (
        tampered(boss, *statements),
        pytest.raises(AuditBrokenError, match=expected.format(first=first, next=first + 1)),
    ):
        check()
    check()


def rechain(boss: Any) -> None:
    """Make seals, contents and links fit what is there now: what a forger does who knows the encoding."""
    before = NO_BLOCK
    found = rows(boss, f"SELECT block_id, entry_id, {ENTRY_COLUMNS} FROM desk.audit_seal s"
                 " JOIN desk.audit_entry e ON e.id = s.entry_id ORDER BY block_id, entry_id")  # fmt: skip
    seals = [(line["block_id"], line["entry_id"], entry_hash(tuple(line.values())[2:])) for line in found]
    boss.execute(f"SELECT {BLOCK_COLUMNS} FROM desk.audit_block ORDER BY id")
    for block in [Block.of(row) for row in boss.fetchall()]:
        inside = [digest for number, _, digest in seals if number == block.id]
        made = replace(block, entries=len(inside), content=content_hash(inside), previous=before)
        before = made.computed_hash()
        boss.execute(
            "UPDATE desk.audit_block SET entries = %s, content = %s, previous = %s, hash = %s WHERE id = %s",
            (made.entries, made.content, made.previous, before, made.id),
        )
    for _, entry, digest in seals:
        boss.execute("UPDATE desk.audit_seal SET hash = %s WHERE entry_id = %s", (digest, entry))


def test_a_chain_made_anew_is_found_by_an_exported_head(chain: None, boss: Any, check: Any) -> None:
    head = check().head
    with tampered(boss, f"UPDATE desk.audit_entry SET machine = 'pc-other' WHERE id = {FIRST}"):
        rechain(boss)
        assert check().head.hash != head.hash  # by itself it is whole
        with pytest.raises(AuditBrokenError, match=f"Block {head.block} is not the one that was exported"):
            check(head)
    assert check(head).head == head


def test_an_entry_forged_into_the_past_contradicts_the_blocks_even_in_a_chain_made_anew(
    chain: None, boss: Any, check: Any
) -> None:
    last = "(SELECT max(id) FROM desk.audit_block)"
    forged = (NEW_ROW.format(id="-5", at="now()"), f"INSERT INTO desk.audit_seal SELECT -5, {last}, 1, sha256('x')")
    shift = f"UPDATE desk.audit_seal SET position = position + 1 WHERE block_id = {last} AND entry_id > 0"
    with tampered(boss, *forged, shift):
        rechain(boss)
        with pytest.raises(AuditBrokenError, match="Entry -5 was inserted into the past"):
            check()


def test_a_clock_that_was_wrong_does_not_fail_the_audit_for_ever(
    desk: RunningDesk, chain: None, boss: Any, check: Any, seal: Any
) -> None:
    """It was two hours ahead while no worker ran: what was made then is sealed with the right time."""
    data = ("--data", desk.desk.data)
    with tampered(boss, NEW_ROW.format(id="nextval('desk.audit_entry_id_seq')", at="now() + interval '2 hours'")):
        boss.execute("SET session_replication_role = DEFAULT")
        assert seal() == 1
        block = one(boss, "SELECT max(id) FROM desk.audit_block")
        answer = desk_server("audit", "verify", *data)
        assert_refused(answer, "The chain is whole, but 1 of its entries")
        assert f"--known-times-to {block}" in answer.stderr
        assert '"kind": "times"' in desk_server("audit", "verify", "--json", *data).stdout
        known = desk_server("audit", "verify", "--known-times-to", str(block), *data)
        assert known.returncode == 0, known.stderr
        assert "Known: 1 entries" in known.stdout
        # and whatever comes after it is found all the same
        boss.execute("SET session_replication_role = replica")
        boss.execute(f"UPDATE desk.audit_entry SET machine = 'pc-other' WHERE id = {FIRST}")
        assert_refused(desk_server("audit", "verify", "--known-times-to", str(block), *data), "was altered")
    check()


def test_a_backdated_entry_with_a_new_id_contradicts_its_block(chain: None, boss: Any, check: Any, seal: Any) -> None:
    """Inserted by hand today, dated last month: its id was given out today."""
    with tampered(boss, NEW_ROW.format(id="nextval('desk.audit_entry_id_seq')", at="now() - interval '1 month'")):
        boss.execute("SET session_replication_role = DEFAULT")
        assert seal() == 1
        with pytest.raises(AuditTimeError, match=r"Entry \d+ is dated .* but it was made between"):
            check()
        boss.execute("SET session_replication_role = replica")


def test_a_cut_off_end_is_found_by_an_exported_head(chain: None, boss: Any, check: Any) -> None:
    head = check().head
    with tampered(
        boss,
        "DELETE FROM desk.audit_private USING desk.audit_seal s WHERE audit_private.entry_id = s.entry_id"
        f" AND block_id = {head.block}",
        f"DELETE FROM desk.audit_entry USING desk.audit_seal WHERE entry_id = id AND block_id = {head.block}",
        f"DELETE FROM desk.audit_seal WHERE block_id = {head.block}",
        f"DELETE FROM desk.audit_block WHERE id = {head.block}",
    ):
        assert check().head.block == head.block - 1  # by itself it is whole
        with pytest.raises(AuditBrokenError, match=f"The chain ends at block {head.block - 1}"):
            check(head)
    check(head)


def test_a_clock_that_was_set_back_is_no_forgery(chain: None, boss: Any, check: Any, seal: Any, raw: Any) -> None:
    """An hour ahead while two blocks were sealed, then right again."""
    with tampered(
        boss,
        "UPDATE desk.audit_entry SET at = at + interval '1 hour'",
        "UPDATE desk.audit_block SET sealed_at = sealed_at + interval '1 hour'",
    ):
        rechain(boss)
        boss.execute("SET session_replication_role = DEFAULT")
        boss.execute("UPDATE desk.setting SET value = value || ' ' WHERE key = 'time_zone'")
        boss.execute("UPDATE desk.setting SET value = trim(value) WHERE key = 'time_zone'")
        assert seal() == 2
        check()
        boss.execute("SET session_replication_role = replica")


def test_the_commands_verify_export_and_compare(desk: RunningDesk, chain: None, boss: Any, desk_folder: Any) -> None:
    data = ("--data", desk.desk.data)
    file = desk_folder.parent / "head.json"
    assert desk_server("audit", "head", "--export", file, *data).returncode == 0
    answer = desk_server("audit", "verify", "--head", file, *data)
    assert answer.returncode == 0, answer.stderr
    assert "The audit is whole" in answer.stdout and "It continues the head" in answer.stdout
    with tampered(boss, f"DELETE FROM desk.audit_entry WHERE id = {FIRST}"):
        assert_refused(desk_server("audit", "verify", *data), "The audit is broken", "was deleted")
    file.write_text(file.read_text().replace('"block": ', '"block": 9'))
    assert_refused(desk_server("audit", "verify", "--head", file, *data), "were cut off")
    file.write_text("{}")
    assert_refused(desk_server("audit", "verify", "--head", file, *data), "holds no head")
    assert_refused(desk_server("audit", "verify", "--head", "/nowhere/head.json", *data), "There is no file")
