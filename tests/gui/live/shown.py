"""What tests of the live window look at: rows and counts that are shown, and what the list asks the desk."""

from __future__ import annotations

from typing import Any

from desk_client.tickets.views import COUNT_ROLE
from shared.schemas.ticket_listing import TicketFilter
from tests.gui.conftest import Client, StartClient
from tests.integration.database.world import insert


class Asked:
    """What the list asks the desk."""

    def __init__(self, client: Client) -> None:
        self.purposes: list[str] = []
        controller = client.page.controller
        run = controller.run

        def watched(op: Any, on_done: Any, purpose: str) -> None:
            self.purposes.append(purpose)
            run(op, on_done, purpose)

        controller.run = watched


def start(start_client: StartClient, machine: str = "full", view: str = "all") -> Client:
    client = start_client(machine)
    client.until(lambda: client.app.connection.is_live)
    client.show_view(view)
    return client


def row_of(client: Client, ticket: int) -> Any:
    at = client.model.find(ticket)
    return None if at is None else client.model.row(at)


def count_of(client: Client, view: str) -> int:
    views = client.workspace.views
    return next(views.item(at).data(COUNT_ROLE) for at, one in enumerate(views.views) if one.id == view)


def ids(client: Client) -> list[int]:
    return [row.id for row in client.model.rows_in_memory()]


def show_those_of_one(client: Client, boss: Any) -> tuple[int, int]:
    """Show the tickets of the person who has most; he and another one."""
    boss.execute(
        "SELECT assignee_id FROM desk.ticket WHERE assignee_id IS NOT NULL AND status NOT IN ('new', 'cancelled')"
        " GROUP BY assignee_id ORDER BY count(*) DESC LIMIT 2"
    )
    (person,), (somebody_else,) = boss.fetchall()
    client.page.show_filter(TicketFilter(assignee_id=person))
    client.settle()
    assert ids(client)
    return person, somebody_else


def new_ticket(other: Any, boss: Any) -> int:
    boss.execute("SELECT customer_id, product_id FROM desk.ticket WHERE product_id IS NOT NULL LIMIT 1")
    customer, product = boss.fetchone()
    return insert(
        other, "ticket", kind="request", subject="New elsewhere", customer_id=customer, product_id=product,
        category="video", priority="high", source="customer", channel="phone", status="new",
    )  # fmt: skip
