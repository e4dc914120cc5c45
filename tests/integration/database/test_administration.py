"""What an administrator may change of choices, field rules and matrices, and what belongs to the program."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.database.machine_calls import set_machine
from tests.integration.database.world import World, insert, mark, one, refused, update


def choice(cursor: Any, list_code: str, code: str) -> int:
    return int(one(cursor, "SELECT id FROM desk.choice WHERE list_code = %s AND code = %s", list_code, code))


@pytest.mark.parametrize("list_code", ["status", "direction"])
def test_a_list_of_the_program_gets_other_words_but_no_other_values(admin: Any, list_code: str) -> None:
    with refused("DK017", "list_code"):
        insert(admin, "choice", list_code=list_code, code="odd", label_en="Odd", label_zh="怪")
    existing = int(one(admin, "SELECT min(id) FROM desk.choice WHERE list_code = %s", list_code))
    for change in ({"retired_at": "now"}, {"deleted_at": "now"}):
        with refused("DK017", "list_code"):
            update(admin, "choice", existing, **change)
    update(admin, "choice", existing, label_en="Other words", position=99)


def test_the_lists_themselves_are_the_program_s(admin: Any) -> None:
    for statement in (
        "INSERT INTO desk.choice_list (code, label_en, label_zh) VALUES ('odd', 'Odd', '怪')",
        "UPDATE desk.choice_list SET label_en = 'Odd' WHERE code = 'channel'",
    ):
        with refused("42501"):
            admin.execute(statement)
    assert one(admin, "SELECT label_en FROM desk.choice_list WHERE code = 'channel'") != "Odd"


def test_a_list_of_the_desk_grows_and_its_choices_are_retired(admin: Any) -> None:
    made = insert(admin, "choice", list_code="channel", code="fax", label_en="Fax", label_zh="传真")
    update(admin, "choice", made, retired_at="now")
    update(admin, "choice", made, retired_at=None)


def test_a_code_stays_since_rows_hold_it(admin: Any, boss: Any) -> None:
    made = choice(admin, "channel", "chat")
    with refused("42501"):
        update(admin, "choice", made, code="talk")
    with refused("DK017", "code"):
        boss.execute("UPDATE desk.choice SET code = 'talk' WHERE id = %s", (made,))


def test_the_same_code_twice_is_refused(admin: Any) -> None:
    with refused("23505"):
        insert(admin, "choice", list_code="channel", code="mail", label_en="Mail", label_zh="邮件")


def test_rules_of_built_in_fields_neither_go_nor_come(admin: Any, full: Any, world: World) -> None:
    words = {"entity": "ticket", "label_en": "Odd", "label_zh": "怪"}
    with refused("DK017", "field"):
        insert(admin, "field_rule", **words, field="no_such_column", is_required=True)
    built_in = one(admin, "SELECT id FROM desk.field_rule WHERE entity = 'ticket' AND field = 'priority'")
    with refused("DK017", "field"):
        update(admin, "field_rule", built_in, deleted_at="now")
    update(admin, "field_rule", built_in, help_en="Other words")
    custom = insert(admin, "field_rule", **words, field="odd", is_custom=True)
    update(admin, "field_rule", custom, deleted_at="now")
    insert(full, "ticket", **world.ticket())


def test_only_what_may_be_private_becomes_private(admin: Any, boss: Any) -> None:
    rule = "SELECT id FROM desk.field_rule WHERE entity = %s AND field = %s"
    with refused("23514"):
        mark(admin, "subject", is_private=True, entity="ticket")
    with refused("42501"):
        update(admin, "field_rule", one(admin, rule, "ticket", "subject"), may_be_private=True)
    with refused("42501"):
        update(admin, "field_rule", one(admin, rule, "contact", "note"), is_private=True)
    mark(admin, "note", is_private=True)
    mark(admin, "note", is_private=False)


def test_a_private_field_shown_to_all_is_shown_to_all(admin: Any, query: Any) -> None:
    with refused("42501"):
        query.execute("SELECT phone FROM desk.contact")
    mark(admin, "phone", is_private=False)
    assert one(query, "SELECT phone FROM desk.contact ORDER BY id") == "555-0101"
    mark(admin, "phone", is_private=True)
    with refused("42501"):
        query.execute("SELECT phone FROM desk.contact")


def test_a_rule_binds_at_once(admin: Any, full: Any, world: World) -> None:
    rule = one(admin, "SELECT id FROM desk.field_rule WHERE entity = 'ticket' AND field = 'severity'")
    insert(full, "ticket", **world.ticket())
    update(admin, "field_rule", rule, is_required=True, required_kind=["problem"])
    with refused("DK010", "severity"):
        insert(full, "ticket", **world.ticket())
    insert(full, "ticket", **world.ticket(kind="question"))
    update(admin, "field_rule", rule, is_required=False, required_kind=None)


def test_matrices_are_changed_by_functions_of_administrators(admin: Any, full: Any, boss: Any, world: World) -> None:
    pair = (world.bare_release, world.hardware)
    values = world.ticket(found_in_release_id=world.bare_release, hardware_revision_id=world.hardware)
    with refused("42501"):
        full.execute("SELECT desk.release_hardware_set(%s, %s, true)", pair)
    with refused("DK013", "hardware_revision_id"):
        admin.execute("SELECT desk.release_hardware_set(%s, %s, true)", (world.bare_release, world.other_hardware))
    admin.execute("SELECT desk.release_hardware_set(%s, %s, true)", pair)
    insert(full, "ticket", **values)
    admin.execute("SELECT desk.release_hardware_set(%s, %s, false)", pair)
    with refused("DK013", "hardware_revision_id"):
        insert(full, "ticket", **values)
    actions = "SELECT array_agg(action || ' ' || machine ORDER BY id) FROM desk.audit_entry WHERE row_key = %s"
    assert one(boss, actions, f"{pair[0]}/{pair[1]}") == ["insert pc-admin", "delete pc-admin"]


def test_people_of_a_machine_are_set_by_an_administrator_and_audited(admin: Any, full: Any, boss: Any) -> None:
    with refused("42501"):
        set_machine(full, "pc-full2", "full", ["sun", "lin"])
    set_machine(admin, "pc-full2", "full", ["sun", "lin"])
    assert (
        one(boss, "SELECT machine FROM desk.audit_entry WHERE entity = 'machine_person' ORDER BY id DESC LIMIT 1")
        == "pc-admin"
    )
    assert one(boss, "SELECT save_id IS NULL AND row_version > 1 FROM desk.machine WHERE name = 'pc-full2'")
    set_machine(admin, "pc-full2", "full", ["sun"])
