"""What depends on what: narrowed, and emptied where it has become impossible."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt


def offered(client: Any, name: str) -> list[str]:
    editor = client.editor(name)
    return [editor.itemText(editor.findData(value)) for value in editor.offered()]


def test_product_narrows_release_narrows_hardware(client: Any) -> None:
    client.pane.new_row()
    assert offered(client, "found_in_release_id") == []
    client.find("product_id", "stb")
    assert client.editor("product_id").text() == "STB-300"
    assert offered(client, "found_in_release_id") == ["4.2.1", "4.2.0"]
    assert offered(client, "hardware_revision_id") == ["C1", "C2"]
    client.choose("found_in_release_id", "4.2.0")
    assert offered(client, "hardware_revision_id") == ["C1"]


def test_another_product_empties_what_was_its_own_and_says_so(client: Any) -> None:
    client.pane.new_row()
    client.go("serial")
    client.type("SN 7")
    client.find("product_id", "stb")
    client.choose("found_in_release_id", "4.2.1")
    client.choose("hardware_revision_id", "C2")
    client.choose("category", "v")
    client.find("product_id", "520")
    assert client.editor("found_in_release_id").value() is None
    assert client.editor("hardware_revision_id").value() is None
    assert client.messages_shown()["found_in_release_id"] == "Emptied: it did not go with “Product”"
    assert not client.frame("found_in_release_id").has_error()
    assert offered(client, "found_in_release_id") == ["5.0.0"]
    assert (client.editor("serial").value(), client.editor("category").value()) == ("SN 7", "video")


def test_the_same_product_again_empties_nothing(client: Any) -> None:
    client.pane.new_row()
    client.find("product_id", "stb")
    client.choose("found_in_release_id", "4.2.1")
    chosen = client.editor("found_in_release_id").value()
    client.find("product_id", "300")
    assert client.editor("found_in_release_id").value() == chosen
    assert client.messages_shown() == {}


def test_category_narrows_symptom_narrows_cause(client: Any) -> None:
    client.pane.new_row()
    client.choose("category", "v")
    client.choose("symptom", "g")
    client.choose("cause", "d")
    assert (client.editor("symptom").value(), client.editor("cause").value()) == ("garbled_picture", "decoder_defect")
    client.choose("symptom", "f")  # frozen picture: a decoder defect is possible there too
    assert client.editor("cause").value() == "decoder_defect"
    client.choose("category", "a")
    assert client.editor("symptom").value() is None
    assert client.editor("cause").value() is None
    assert set(client.messages_shown()) == {"symptom", "cause"}


def test_another_customer_empties_contact_and_project(client: Any) -> None:
    client.pane.new_row()
    client.find("customer_id", "nor")
    client.find("contact_id", "eri")
    client.find("project_id", "hot")
    client.find("customer_id", "lum")
    assert client.editor("contact_id").value() is None
    assert client.editor("project_id").value() is None
    assert set(client.messages_shown()) == {"contact_id", "project_id"}


def test_contacts_are_those_of_the_customer(client: Any) -> None:
    client.pane.new_row()
    client.find("customer_id", "nor")
    client.go("contact_id")
    client.type("li")
    client.press(Qt.Key.Key_Return)
    client.until(lambda: "contact_id" in client.messages_shown())
    assert client.editor("contact_id").value() is None


def test_a_retired_choice_is_shown_and_not_offered(client: Any) -> None:
    client.pane.new_row()
    assert "Fax" not in offered(client, "channel")
    ticket = client.new_ticket_id()
    with client.desk.owner() as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as it is when a choice is retired afterwards
        cursor.execute("UPDATE desk.ticket SET channel = 'fax' WHERE id = %s", (ticket,))
    client.open(ticket)
    channel = client.editor("channel")
    assert channel.currentText() == "Fax (no longer offered)"
    assert "Fax" not in offered(client, "channel")
    client.go("subject")
    client.type("still saved with it: ")
    client.pane.save()
    client.idle()
    assert client.messages_shown() == {}
    assert client.stored(ticket).values.channel == "fax"


def test_a_retired_product_is_not_found(client: Any) -> None:
    client.pane.new_row()
    client.go("product_id")
    client.type("100")
    client.press(Qt.Key.Key_Tab)
    assert client.editor("product_id").value() is None


def test_stars_follow_kind_and_status(client: Any) -> None:
    client.pane.new_row()
    assert client.frame("subject").is_required
    assert not client.frame("assignee_id").is_required
    assert not client.frame("cause").is_required
    client.choose("status", "r")
    assert client.frame("cause").is_required
    client.choose("kind", "q")
    assert not client.frame("cause").is_required
    client.choose("status", "o")
    assert client.frame("assignee_id").is_required


def test_the_wheel_changes_nothing_and_letters_work_in_chinese_too(client: Any) -> None:
    client.reference.set_language("zh_CN")
    client.pane.new_row()
    client.choose("category", "a")
    assert client.editor("category").currentText() == "音频"
