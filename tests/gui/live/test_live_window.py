"""What other machines change, seen from a real window: rows, counts, choices, leases, screens, and the badge."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame

import desk_client.connection as connection_module
import desk_client.tickets.list_controller as list_module
from desk_client import turns
from desk_client.audit.page import AuditPage
from desk_client.connection import ConnectionState
from desk_client.language import CHINESE, ENGLISH
from desk_client.listener import ListenerTimes
from desk_client.machines.page import MachinesPage
from desk_client.privacy.page import PrivacyPage
from desk_client.turns import COUNTS, TurnTimes
from desk_server.demo.loader import seed
from shared.notify import CHANNEL
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.live.shown import Asked, count_of, ids, new_ticket, row_of, show_those_of_one, start
from tests.gui.slices import Slices
from tests.integration.database.world import insert, mark, one, update

NEVER = ListenerTimes(retry=(600.0,))
MOST_CALLS = 10_000  # in one go; where each notice were taken singly it would be many times that


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def other(raw: Any) -> Any:
    """A cursor of another machine, at which sun sits."""
    return raw("full2").cursor()


@pytest.fixture
def boss(owner: Any) -> Any:
    return owner.cursor()


# -- rows ----------------------------------------------------------------------------------------------------------


def test_a_row_that_another_changes_is_read_alone(start_client: StartClient, other: Any) -> None:
    client = start(start_client)
    asked, ticket = Asked(client), ids(client)[4]
    update(other, "ticket", ticket, subject="Changed elsewhere")
    client.until(lambda: row_of(client, ticket).subject == "Changed elsewhere")
    client.until(lambda: "counts" in asked.purposes)
    client.settle()
    assert sorted(asked.purposes) == ["counts", "rows"]


def test_a_row_that_could_not_be_read_comes_with_the_next_one(
    start_client: StartClient, other: Any, desk: RunningDesk
) -> None:
    client = start(start_client)
    first, second = ids(client)[4:6]
    with closing(desk.desk.owner_connection()) as holder:
        holder.autocommit = False
        holder.cursor().execute("LOCK TABLE desk.release IN ACCESS EXCLUSIVE MODE")
        update(other, "ticket", first, subject="Changed while the desk is busy")
        client.until(lambda: client.window.findChild(QFrame, "messageBar").isVisible())
    assert row_of(client, first).subject != "Changed while the desk is busy"
    update(other, "ticket", second, subject="Changed after that")
    client.until(lambda: row_of(client, second).subject == "Changed after that")
    client.until(lambda: row_of(client, first).subject == "Changed while the desk is busy")


def test_a_comment_of_another_counts_as_activity(start_client: StartClient, other: Any) -> None:
    client = start(start_client)
    ticket = ids(client)[4]
    before = row_of(client, ticket).last_activity_at
    insert(other, "comment", ticket_id=ticket, is_private=False, body="Seen in the lab")
    client.until(lambda: row_of(client, ticket).last_activity_at > before)


@pytest.fixture
def quick_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who waits for the counts twice."""
    monkeypatch.setattr(list_module, "COUNTS", TurnTimes(spread=0.2))
    monkeypatch.setattr(turns, "TIMES_AS_LONG", 1)


@pytest.mark.usefixtures("quick_counts")
def test_tickets_come_and_go_and_are_counted(start_client: StartClient, other: Any, boss: Any) -> None:
    client = start(start_client)
    client.until(lambda: count_of(client, "all") is not None)
    before, counted = ids(client), count_of(client, "all")
    made = new_ticket(other, boss)
    client.until(lambda: row_of(client, made) is not None)
    client.until(lambda: count_of(client, "all") == counted + 1)
    assert client.model.rowCount() == len(before) + 1
    update(other, "ticket", made, deleted_at=dt.datetime.now(dt.UTC))
    client.until(lambda: row_of(client, made) is None)
    client.until(lambda: count_of(client, "all") == counted)
    assert sorted(ids(client)) == sorted(before)


@pytest.mark.parametrize("scrolled", [True, False], ids=["scrolled", "at the top"])
def test_rows_that_come_in_above_push_nothing_out_of_sight(
    start_client: StartClient, other: Any, boss: Any, scrolled: bool
) -> None:
    client = start(start_client)
    view, bar = client.list, client.list.verticalScrollBar()
    chosen = ids(client)[20]
    view.select_row(chosen)
    bar.setValue(bar.maximum() - 5 if scrolled else 0)  # the current row is in sight, or is not
    client.settle()
    first = client.model.row(view.visible_rows()[0]).id
    offset = view.rowViewportPosition(view.visible_rows()[0])
    new = [new_ticket(other, boss) for _ in range(3)]
    client.until(lambda: all(row_of(client, ticket) is not None for ticket in new))
    client.settle()
    assert ids(client)[:3] == new[::-1]
    if scrolled:
        assert client.model.row(view.visible_rows()[0]).id == first
        assert view.rowViewportPosition(view.visible_rows()[0]) == offset
    else:
        assert bar.value() == 0 and client.model.row(0).id == new[-1]
    assert view.current_id() == chosen == client.model.row(view.currentIndex().row()).id
    for ticket in new:  # and when they go again
        update(other, "ticket", ticket, deleted_at=dt.datetime.now(dt.UTC))
    client.until(lambda: all(row_of(client, ticket) is None for ticket in new))
    client.settle()
    assert client.model.row(view.visible_rows()[0]).id == first


@pytest.mark.usefixtures("quick_counts")
def test_a_row_leaves_and_enters_a_view(start_client: StartClient, other: Any, boss: Any) -> None:
    client = start(start_client)
    person, somebody_else = show_those_of_one(client, boss)
    asked, ticket = Asked(client), ids(client)[0]
    elsewhere = one(boss, "SELECT id FROM desk.ticket WHERE assignee_id <> %s LIMIT 1", person)
    update(other, "ticket", ticket, assignee_id=somebody_else)
    client.until(lambda: row_of(client, ticket) is None)
    client.until(lambda: {"listing", "counts"} <= set(asked.purposes))  # it was in sight: all is read again, some time
    client.settle()
    asked.purposes.clear()
    update(other, "ticket", elsewhere, serial="not in this view")
    client.until(lambda: "counts" in asked.purposes)
    client.settle()
    assert "listing" not in asked.purposes, "it is in none of these rows: nothing is read again but the counts"
    update(other, "ticket", ticket, assignee_id=person)
    client.until(lambda: row_of(client, ticket) is not None)


def test_own_changes_are_not_echoed(start_client: StartClient, other: Any) -> None:
    client = start(start_client)
    ticket = ids(client)[2]
    remote: list[Any] = []
    client.app.bus.changed.connect(lambda change, _by: remote.append(change) if change.is_remote else None)
    client.page.open_ticket(ticket)
    client.until(lambda: client.page.pane.editing.detail is not None)
    client.settle()
    editor = client.page.pane.form.fields.frames["serial"].editor
    editor.setFocus()
    QTest.keyClicks(editor, "SN1")
    client.until(lambda: client.page.pane.controller.lease.is_held)
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    client.until(lambda: not client.page.pane.is_dirty())
    client.settle()
    other.execute(f"NOTIFY {CHANNEL}, 'setting * - row'")  # all that came before it was heard before it
    client.until(lambda: any(change.entity == "setting" for change in remote))
    assert [change for change in remote if change.entity == "ticket"] == []
    update(other, "ticket", ticket, serial="SN2")
    client.until(lambda: [change.entity_id for change in remote if change.entity == "ticket"] == [ticket])


# -- leases --------------------------------------------------------------------------------------------------------


@pytest.fixture
def long_lengths(boss: Any) -> Iterator[None]:
    """While a test runs no lease ends by itself, and no list looks by itself whether it is there still."""
    lengths = "UPDATE desk.setting SET value = %s WHERE key = %s RETURNING key"
    for seconds, key in (("240", "lease_seconds"), ("60", "heartbeat_seconds")):
        assert one(boss, lengths, seconds, key)
    yield
    for seconds, key in (("60", "lease_seconds"), ("15", "heartbeat_seconds")):
        assert one(boss, lengths, seconds, key)


@pytest.mark.usefixtures("long_lengths", "worker")
def test_who_edits_is_marked_in_the_list_and_unmarked_when_he_is_gone(
    start_client: StartClient, desk: RunningDesk
) -> None:
    client = start(start_client)
    ticket = ids(client)[3]
    holder = desk.connect("full2", session=uuid.uuid4())
    holder.cursor().execute("SELECT * FROM desk.lease_take('ticket', %s)", (ticket,))
    client.until(lambda: row_of(client, ticket).edited_by == "pc-full2")
    holder.close()  # as a client that was killed: nothing was given back
    client.until(lambda: row_of(client, ticket).edited_by is None)


def test_a_lease_of_a_row_that_is_not_shown_costs_nothing(start_client: StartClient, other: Any, boss: Any) -> None:
    client = start(start_client)
    person, _ = show_those_of_one(client, boss)
    asked = Asked(client)
    ticket = one(boss, "SELECT id FROM desk.ticket WHERE assignee_id <> %s LIMIT 1", person)
    token = one(other, "SELECT token FROM desk.lease_take('ticket', %s)", ticket)
    other.execute("SELECT desk.lease_release('ticket', %s, %s)", (ticket, token))
    shown = ids(client)[0]
    update(other, "ticket", shown, serial="shown")
    client.until(lambda: {"rows", "counts"} <= set(asked.purposes))
    client.settle()
    assert sorted(asked.purposes) == ["counts", "rows"]


# -- what all screens go by ----------------------------------------------------------------------------------------


def test_a_choice_that_is_renamed_elsewhere_is_renamed_here(start_client: StartClient, boss: Any) -> None:
    client = start(start_client)
    assert client.app.reference.choice_label("priority", "high") == "High"
    boss.execute("UPDATE desk.choice SET label_en = 'Pressing' WHERE list_code = 'priority' AND code = 'high'")
    client.until(lambda: client.app.reference.choice_label("priority", "high") == "Pressing")
    boss.execute("UPDATE desk.choice SET label_en = 'High' WHERE list_code = 'priority' AND code = 'high'")
    client.until(lambda: client.app.reference.choice_label("priority", "high") == "High")


def test_a_customer_that_is_renamed_elsewhere_is_renamed_in_the_list(
    start_client: StartClient, other: Any, boss: Any
) -> None:
    client = start(start_client)
    ticket = next(row.id for row in client.model.rows_in_memory() if row.customer)
    customer = one(boss, "SELECT customer_id FROM desk.ticket WHERE id = %s", ticket)
    update(other, "customer", customer, name="Renamed Co", short_name="Renamed")
    client.until(lambda: "Renamed" in row_of(client, ticket).customer)


def test_a_machine_whose_rights_change_is_told_so(start_client: StartClient, boss: Any) -> None:
    client = start(start_client)
    told: list[Any] = []
    client.app.session.rights_changed.connect(told.append)
    machine = one(boss, "SELECT id FROM desk.machine WHERE name = 'pc-full'")
    staff = one(boss, "SELECT id FROM desk.staff WHERE code = 'chen'")
    boss.execute("INSERT INTO desk.machine_person VALUES (%s, %s)", (machine, staff))
    client.until(lambda: bool(told))
    boss.execute("DELETE FROM desk.machine_person WHERE machine_id = %s AND staff_id = %s", (machine, staff))


def test_the_screens_of_the_administrator_follow(start_client: StartClient, raw: Any, other: Any) -> None:
    client = start(start_client, "admin")
    colleague = raw("admin").cursor()
    machines = client.workspace.open_screen("machines")
    assert isinstance(machines, MachinesPage)
    client.until(lambda: machines.model.rowCount() > 4)
    client.settle()
    at = next(at for at in range(machines.model.rowCount()) if machines.model.row(at).name == "pc-shared")
    version = one(colleague, "SELECT row_version FROM desk.machine WHERE name = 'pc-shared'")
    colleague.execute(
        "SELECT desk.machine_set('pc-shared', 'query', '{lin}'::text[], 'moved', gen_random_uuid(), NULL, %s)",
        (version,),
    )
    client.until(lambda: machines.model.row(at).level == "query")
    client.until(
        lambda: "lin" in str(machines.model.row(at).people) and "zhao" not in str(machines.model.row(at).people)
    )

    audit = client.workspace.open_screen("audit")
    assert isinstance(audit, AuditPage)
    client.until(lambda: audit.model.rowCount() > 0 and not audit.model.is_dimmed)
    client.settle()
    newest = audit.model.row(0).id
    update(other, "ticket", ids(client)[0], serial="for the audit")
    client.until(lambda: audit.model.row(0) is not None and audit.model.row(0).id > newest)

    privacy = client.workspace.open_screen("privacy")
    assert isinstance(privacy, PrivacyPage)
    client.until(lambda: ("contact", "note") in privacy.cards)
    mark(colleague, "note", is_private=True)
    client.until(lambda: privacy.cards["contact", "note"].field.is_private)
    mark(colleague, "note", is_private=False)
    client.until(lambda: not privacy.cards["contact", "note"].field.is_private)


# -- the line goes and comes ---------------------------------------------------------------------------------------


def cut_off(client: Client, boss: Any, *, only_listener: bool = True) -> None:
    """End the sessions of the client, or the listening one alone; they are over afterwards."""
    spared = list(client.app.runner.backend_pids()) if only_listener else []
    boss.execute(
        "SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity"
        " WHERE usename = 'm_pc-full' AND pid <> ALL (%s::int[])", [spared],
    )  # fmt: skip
    ended = boss.fetchall()
    assert ended and set(ended) == {(True,)}


def test_what_happens_while_nobody_listens_is_read_when_somebody_does(
    start_client: StartClient, boss: Any, other: Any
) -> None:
    client = start(start_client)
    ticket, gone = ids(client)[4], ids(client)[7]
    client.app.listener.times = NEVER
    cut_off(client, boss)
    client.until(lambda: not client.app.connection.is_live)
    client.settle()
    update(other, "ticket", ticket, subject="While nobody listened")
    update(other, "ticket", gone, deleted_at=dt.datetime.now(dt.UTC))
    boss.execute("UPDATE desk.choice SET label_en = 'Whenever' WHERE list_code = 'priority' AND code = 'low'")
    client.settle()
    assert row_of(client, ticket).subject != "While nobody listened", "else this test shows nothing"
    client.app.listener.try_now()
    client.until(lambda: client.app.connection.is_live)
    client.until(lambda: row_of(client, ticket).subject == "While nobody listened")
    client.until(lambda: row_of(client, gone) is None)
    client.until(lambda: client.app.reference.choice_label("priority", "low") == "Whenever")


def test_it_listens_before_it_reads_again(start_client: StartClient, boss: Any, other: Any) -> None:
    """A change at the very moment of the first reading is heard: LISTEN was answered before."""
    client = start(start_client)
    ticket, order = ids(client)[5], []
    client.app.listener.times = NEVER
    cut_off(client, boss)
    client.until(lambda: not client.app.connection.is_live)
    source = client.page.controller._source
    anchors = source.anchors

    def change_then_read(conn: Any, listing: Any) -> Any:
        answer = anchors(conn, listing)
        if not order:
            boss.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'm_pc-full' AND pid <> ALL (%s::int[])"
                " AND query IN (%s, 'SELECT 1')", [list(client.app.runner.backend_pids()), f"LISTEN {CHANNEL}"],
            )  # fmt: skip
            order.append(boss.fetchone()[0])
        return answer

    source.anchors = change_then_read
    client.app.listener.try_now()
    client.until(lambda: bool(order))
    assert order == [1]
    update(other, "ticket", ticket, subject="Right afterwards")
    client.until(lambda: row_of(client, ticket).subject == "Right afterwards")


@pytest.mark.parametrize(
    ("language", "reconnecting", "stale"), [(ENGLISH, "reconnecting", "stale since"), (CHINESE, "正在重连", "起未更新")]
)
def test_the_badge_says_since_when_what_is_shown_is_old(
    start_client: StartClient, boss: Any, monkeypatch: pytest.MonkeyPatch, language: str, reconnecting: str, stale: str
) -> None:
    monkeypatch.setattr(connection_module, "STALE_AFTER_MS", 600)
    client = start_client(language=language)
    badge, connection = client.window.top_bar.badge, client.app.connection
    client.until(badge.is_live)
    client.app.listener.times = NEVER
    before, passed = dt.datetime.now(dt.UTC), list[tuple[ConnectionState, str]]()
    connection.changed.connect(lambda: passed.append((connection.state, badge.accessibleDescription())))
    cut_off(client, boss)
    client.until(lambda: connection.state is ConnectionState.STALE)
    assert [state for state, _ in passed] == [ConnectionState.RECONNECTING, ConnectionState.STALE]
    assert reconnecting in passed[0][1]
    said = badge.accessibleDescription()
    assert stale in said
    assert connection.since.astimezone().strftime("%H:%M") in said
    assert before - dt.timedelta(minutes=1) < connection.since < dt.datetime.now(dt.UTC)
    assert connection.since.astimezone().strftime("%H:%M") in badge.toolTip()
    client.app.listener.try_now()
    client.until(badge.is_live)
    assert badge.accessibleDescription().split(",")[0] in ("live", "在线")


def test_all_sessions_ended_by_force_come_back(start_client: StartClient, boss: Any, other: Any) -> None:
    client = start(start_client)
    badge = client.window.top_bar.badge
    client.settle()
    states: list[ConnectionState] = []
    client.app.connection.changed.connect(lambda: states.append(client.app.connection.state))
    cut_off(client, boss, only_listener=False)
    client.until(lambda: states[-1:] == [ConnectionState.LIVE])
    client.until(badge.is_live)
    client.settle()
    ticket = ids(client)[6]
    update(other, "ticket", ticket, subject="After the end")
    client.until(lambda: row_of(client, ticket).subject == "After the end")
    assert client.window.message_bar.text() == ""


# -- a flood -------------------------------------------------------------------------------------------------------


def test_a_flood_of_forged_notices_harms_nobody(start_client: StartClient, desk: RunningDesk, other: Any) -> None:
    """A machine that is let in sends what it likes: distinct rows, any rows, nonsense, as fast as it can."""
    client = start(start_client)
    page, asked = client.page, Asked(client)
    page.open_ticket(ids(client)[0])
    client.until(lambda: page.pane.editing.detail is not None)
    client.settle()
    shown = page.pane.editing.detail.id
    opened: list[float] = []
    read = page.pane.controller.read
    page.pane.controller.read = lambda conn, row: (opened.append(time.monotonic()), read(conn, row))[1]
    forger = desk.connect("query").cursor()
    payloads = [f"ticket {row} {row} row" for row in range(400)]
    payloads += [f"ticket {shown} {version} row" for version in range(1_000, 1_400)]
    payloads += [
        "ticket * - row",
        "choice * - row",
        "machine * - row",
        "field_rule 1 1 row",
        "nonsense " + "x" * 900,
    ] * 40
    flood = ";".join(f"NOTIFY {CHANNEL}, '{payload}'" for payload in payloads)
    sent = 0

    def send() -> None:
        nonlocal sent
        while not done.is_set():
            forger.execute(flood)
            sent += len(payloads)

    done = threading.Event()
    thread = threading.Thread(target=send)
    asked.purposes.clear()
    began = time.monotonic()
    thread.start()
    try:
        with Slices() as slices:
            client.until(lambda: time.monotonic() - began > 2.5 and sent > 2_000)
    finally:
        done.set()
        thread.join()
    seconds = time.monotonic() - began
    assert asked.purposes.count("listing") <= seconds + 2, asked.purposes
    assert asked.purposes.count("rows") <= seconds + 2, asked.purposes
    assert asked.purposes.count("counts") <= 1 + seconds / COUNTS.pause, asked.purposes
    assert len(opened) <= 2 * seconds + 4
    assert slices.most < MOST_CALLS, "the window answered while it was flooded"
    update(other, "ticket", ids(client)[3], subject="After the flood")
    changed = ids(client)[3]
    client.until(lambda: row_of(client, changed).subject == "After the flood")
    assert client.app.connection.is_live
