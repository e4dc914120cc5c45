"""Saves through the services on a machine's certificate: what comes back, and what is refused in which words."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared import errors
from shared.database import Database
from shared.queries.tickets import get_history, get_ticket
from shared.schemas.contact_log import InteractionCreate
from shared.schemas.customer import ContactCreate, CustomerCreate
from shared.schemas.ticket import CommentText, TicketCreate, TicketDetail, TicketUpdate, TicketValues
from shared.services.contact_log import add_interaction
from shared.services.customers import create_contact, create_customer
from shared.services.leases import release_lease, take_lease
from shared.services.tickets import add_comment, create_ticket, update_ticket
from tests.desks import RunningDesk
from tests.integration.shared.filling import Filling, complete

ALL_PRIVATE = frozenset({"comment.body", "search.private"})


@pytest.fixture(scope="module")
def filling(desk: RunningDesk) -> Filling:
    return Filling(desk)


def created(database: Database, values: TicketValues, comment: CommentText | None = None) -> TicketDetail:
    new = TicketCreate(save_id=uuid.uuid4(), values=values, comment=comment, comment_save_id=uuid.uuid4())
    with database.unit_of_work() as session:
        return create_ticket(session, new)


def changed(ticket: TicketDetail, **values: Any) -> TicketUpdate:
    return TicketUpdate(
        id=ticket.id, row_version=ticket.row_version, save_id=uuid.uuid4(), values=TicketValues(**values)
    )


def saved(database: Database, change: TicketUpdate) -> TicketDetail:
    with database.unit_of_work() as session:
        return update_ticket(session, change)


def read(database: Database, ticket_id: int) -> TicketDetail:
    with database.reading() as conn:
        return get_ticket(conn, ticket_id)


def test_a_new_ticket_comes_back_as_it_is_read(full: Database, filling: Filling) -> None:
    values = complete(filling, assignee_id=filling.staff_id("lin"), due_at=datetime(2030, 1, 1, tzinfo=UTC))
    ticket = created(full, values, CommentText(body="first 评论"))
    assert ticket == read(full, ticket.id)
    assert ticket.number > 10_000
    assert (ticket.row_version, ticket.origin) == (1, "desk")
    assert ticket.customer is not None
    set_by_us = values.model_dump(exclude_unset=True)
    assert {name: getattr(ticket.values, name) for name in set_by_us} == set_by_us
    with full.reading() as conn:
        lines = get_history(conn, ticket.id)
    assert [(line.line, line.text, line.machine, line.person) for line in lines] == [
        ("comment", "first 评论", "pc-full", "lin"),
        ("event", None, "pc-full", "lin"),
    ]


def test_an_update_writes_what_was_set_and_nothing_else(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling, serial="SN-1", severity="minor"))
    after = saved(full, changed(ticket, severity=None, subject="new"))
    assert after == read(full, ticket.id)
    assert after.row_version == ticket.row_version + 1
    assert after.values == ticket.values.model_copy(update={"severity": None, "subject": "new"})


def test_a_comment_of_a_save_is_appended(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    change = changed(ticket, subject="with comment").model_copy(
        update={"comment": CommentText(body="because"), "comment_save_id": uuid.uuid4()}
    )
    saved(full, change)
    with full.reading() as conn:
        assert [line.text for line in get_history(conn, ticket.id) if line.line == "comment"] == ["because"]


def test_a_failing_comment_takes_the_save_with_it(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    change = changed(ticket, subject="half").model_copy(update={"comment": CommentText(body="no id")})
    with pytest.raises(errors.SaveIdMissingError):
        saved(full, change)
    assert read(full, ticket.id).values.subject == ticket.values.subject


def test_a_stale_version_is_a_conflict(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    saved(full, changed(ticket, subject="A was first"))
    with pytest.raises(errors.ConflictError):
        saved(full, changed(ticket, subject="B is late"))
    assert read(full, ticket.id).values.subject == "A was first"


def test_a_repeated_create_names_the_ticket(full: Database, filling: Filling) -> None:
    new = TicketCreate(save_id=uuid.uuid4(), values=complete(filling))
    with full.unit_of_work() as session:
        ticket = create_ticket(session, new)
    with pytest.raises(errors.AlreadySavedError) as caught, full.unit_of_work() as session:
        create_ticket(session, new)
    assert (caught.value.entity, caught.value.entity_id) == ("ticket", ticket.id)
    assert read(full, ticket.id) == ticket


def test_a_repeated_update_names_the_ticket(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    change = changed(ticket, subject="once")
    saved(full, change)
    with pytest.raises(errors.AlreadySavedError) as caught:
        saved(full, change)
    assert (caught.value.entity, caught.value.entity_id) == ("ticket", ticket.id)
    assert read(full, ticket.id).row_version == 2


def test_a_save_whose_connection_was_cut_is_done_once(desk: RunningDesk, full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    change = changed(ticket, subject="survives the cut")
    with pytest.raises(errors.DatabaseUnavailableError), full.unit_of_work() as session:
        update_ticket(session, change)
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        filling.ask("SELECT pg_terminate_backend(%s, 5000)", pid)
    assert read(full, ticket.id) == ticket
    assert saved(full, change).values.subject == "survives the cut"
    with pytest.raises(errors.AlreadySavedError):
        saved(full, change)


def test_ten_equal_saves_at_once_are_one(desk: RunningDesk, full: Database, filling: Filling) -> None:
    change = changed(created(full, complete(filling)), subject="ten times")
    databases = [desk.database(machine) for machine in ("full", "full", "full", "full2", "full2", "full2")]
    outcomes: list[str] = []
    together = threading.Barrier(len(databases))

    def save(database: Database) -> None:
        together.wait()
        outcome = "BusyError"
        while outcome == "BusyError":  # another one has held the row for two seconds: once more
            try:
                saved(database, change)
                outcome = "ok"
            except errors.DeskError as error:
                outcome = type(error).__name__
        outcomes.append(outcome)

    threads = [threading.Thread(target=save, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert sorted(outcomes) == ["AlreadySavedError"] * 5 + ["ok"]


def test_the_lease_of_another_machine_refuses_a_save(desk: RunningDesk, full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    other = desk.database("full2", session=uuid.uuid4())
    with other.reading() as conn:
        lease = take_lease(conn, "ticket", ticket.id)
    assert lease.is_mine
    assert lease.token is not None
    with full.reading() as conn:
        seen = take_lease(conn, "ticket", ticket.id)
    assert (seen.is_mine, seen.token, seen.machine, seen.person) == (False, None, "pc-full2", "sun")
    assert (read(full, ticket.id).edited_by, read(full, ticket.id).edited_person) == ("pc-full2", "sun")
    for token in (None, lease.token):
        with pytest.raises(errors.LeaseLostError):
            saved(full, changed(ticket, subject="not mine").model_copy(update={"lease_token": token}))
    after = saved(other, changed(ticket, subject="mine").model_copy(update={"lease_token": lease.token}))
    assert (after.values.subject, after.edited_by, after.edited_seen) == ("mine", None, None)
    with other.reading() as conn:
        assert not release_lease(conn, "ticket", ticket.id, lease.token)  # it went with the save
        again = take_lease(conn, "ticket", ticket.id)
        assert again.token is not None and release_lease(conn, "ticket", ticket.id, again.token)
    other.close()
    assert saved(full, changed(after, subject="free again")).edited_by is None


def test_no_such_ticket(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    assert read(full, ticket.id) == ticket
    with pytest.raises(errors.NotFoundError):
        read(full, -1)
    with pytest.raises(errors.NotFoundError):
        saved(full, changed(ticket.model_copy(update={"id": 2**40}), subject="x"))


def test_a_deleted_ticket_is_gone(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    filling.ask("UPDATE desk.ticket SET deleted_at = now() WHERE id = %s", ticket.id)
    with pytest.raises(errors.NotFoundError):
        read(full, ticket.id)
    with pytest.raises(errors.NotFoundError):
        saved(full, changed(ticket, subject="x").model_copy(update={"row_version": 2}))


BROKEN: dict[str, tuple[dict[str, Any], type[errors.FieldError], str]] = {
    "required": ({"subject": None}, errors.RequiredFieldError, "subject"),
    "unknown choice": ({"priority": "tremendous"}, errors.UnknownChoiceError, "priority"),
    "dependent choice": ({"category": "video", "symptom": "no_sound"}, errors.DependentChoiceError, "symptom"),
    "transition": ({"status": "closed"}, errors.TransitionError, "status"),
    "assignee": ({"status": "open", "assignee_id": None}, errors.RequiredFieldError, "assignee_id"),
    "future": ({"reported_at": datetime.now(UTC) + timedelta(days=2)}, errors.FutureTimeError, "reported_at"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_names_its_field(full: Database, filling: Filling, rule: str) -> None:
    values, expected, field = BROKEN[rule]
    ticket = created(full, complete(filling))
    with pytest.raises(errors.FieldError) as caught:
        saved(full, changed(ticket, **values))
    assert (type(caught.value), caught.value.field) == (expected, field)
    assert saved(full, changed(ticket, next_step="still fine")).row_version == 2


def test_a_reference_to_nothing_names_its_field(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    with pytest.raises(errors.FieldError) as caught:
        saved(full, changed(ticket, assignee_id=2**40))
    assert caught.value.field == "assignee_id"


WRITES: dict[str, Callable[[Any, TicketDetail], object]] = {
    "create": lambda session, ticket: create_ticket(session, TicketCreate(save_id=uuid.uuid4(), values=ticket.values)),
    "update": lambda session, ticket: update_ticket(session, changed(ticket, next_step="x")),
    "comment": lambda session, ticket: add_comment(session, ticket.id, CommentText(body="x"), uuid.uuid4()),
    "interaction": lambda session, ticket: add_interaction(session, interaction(ticket_id=ticket.id)),
    "customer": lambda session, ticket: create_customer(session, CustomerCreate(save_id=uuid.uuid4(), name="N")),
    "contact": lambda session, ticket: create_contact(
        session, ContactCreate(save_id=uuid.uuid4(), customer_id=ticket.values.customer_id or 0, name="N")
    ),
}


def interaction(**values: Any) -> InteractionCreate:
    now = datetime.now(UTC) - timedelta(minutes=5)
    return InteractionCreate(**{"save_id": uuid.uuid4(), "at": now, "direction": "out", "channel": "phone", **values})


@pytest.mark.parametrize("write", WRITES)
def test_a_query_machine_is_refused_what_a_full_one_may(
    full: Database, query: Database, filling: Filling, write: str
) -> None:
    ticket = created(full, complete(filling))
    with pytest.raises(errors.PermissionDeniedError, match="level does not allow"), query.unit_of_work() as session:
        WRITES[write](session, ticket)
    with full.unit_of_work() as session:
        WRITES[write](session, ticket)


def test_a_query_machine_takes_no_lease(query: Database, full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    with pytest.raises(errors.PermissionDeniedError), query.reading() as conn:
        take_lease(conn, "ticket", ticket.id)
    with full.reading() as conn:
        assert take_lease(conn, "ticket", ticket.id).is_mine


def test_private_comments_are_read_only_where_allowed(full: Database, query: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    with full.unit_of_work() as session:
        add_comment(session, ticket.id, CommentText(body="secret 机密", is_private=True), uuid.uuid4())
    with full.reading() as conn:
        (mine, _) = get_history(conn, ticket.id, readable_private=ALL_PRIVATE)
    with query.reading() as conn:
        (theirs, _) = get_history(conn, ticket.id)
    assert (mine.text, mine.is_private) == ("secret 机密", True)
    assert (theirs.text, theirs.is_private) == (None, True)
    with pytest.raises(errors.PermissionDeniedError), query.reading() as conn:
        get_history(conn, ticket.id, readable_private=ALL_PRIVATE)


def test_history_holds_events_comments_interactions_and_files(full: Database, filling: Filling) -> None:
    ticket = created(full, complete(filling))
    saved(full, changed(ticket, status="open", assignee_id=filling.staff_id("lin")))
    with full.unit_of_work() as session:
        add_comment(session, ticket.id, CommentText(body="note"), uuid.uuid4())
    with full.unit_of_work() as session:
        add_interaction(session, interaction(ticket_id=ticket.id, minutes=7, summary="called", at=datetime.now(UTC)))
    filling.ask(
        "INSERT INTO desk.attachment (ticket_id, name, media_type, content) VALUES (%s, 'log.txt', 'text/plain', 'x')",
        ticket.id,
    )
    with full.reading() as conn:
        lines = get_history(conn, ticket.id)
    assert {line.line for line in lines} == {"event", "comment", "interaction", "attachment"}
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    by_line = {line.line: line for line in lines}
    assert (by_line["interaction"].minutes, by_line["interaction"].text) == (7, "called")
    assert by_line["attachment"].what == "log.txt"
    opened = next(line for line in lines if line.status == "open")
    assert opened.changes is not None
    assert list(opened.changes["status"]) == ["new", "open"]
    assert opened.department == "support"


def test_error_sentences_carry_no_private_value(full: Database, filling: Filling) -> None:
    secret = "+86 138 0000 4711"
    ticket = created(full, complete(filling))
    contact = ContactCreate(save_id=uuid.uuid4(), customer_id=2**40, name=secret, phone=secret, mail=secret)
    with pytest.raises(errors.DeskError) as caught, full.unit_of_work() as session:
        create_contact(session, contact)
    with pytest.raises(errors.DeskError) as caught2:
        saved(full, changed(ticket, priority=secret))
    for error in (caught.value, caught2.value):
        assert secret not in str(error)
        assert error.__suppress_context__
