"""What the demo data look like in figures, asked of the desk itself."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from desk_server.desk import Desk
from shared.database import translate_error

_STATUSES = "SELECT status, count(*) FROM desk.ticket WHERE origin = 'seed' GROUP BY status ORDER BY 2 DESC, 1"
_RESOLUTION = """
SELECT count(days), coalesce(avg(days), 0)::float, coalesce(stddev_samp(days), 0)::float,
    coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY days), 0),
    count(*) FILTER (WHERE reopenings > 0), count(*)
FROM (
    SELECT extract(epoch FROM s.last_resolved_at - t.reported_at)::float / 86400 AS days, s.reopenings
    FROM desk.ticket t JOIN desk.ticket_summary s ON s.ticket_id = t.id WHERE t.origin = 'seed'
) AS resolved
"""
_CONTACTS = """
SELECT count(*), count(*) FILTER (WHERE d.is_support)
FROM desk.interaction i LEFT JOIN desk.department d ON d.id = i.department_id WHERE i.origin = 'seed'
"""
_COMPLAINTS = "SELECT count(*) FROM desk.complaint WHERE origin = 'seed'"
ENDED = ("resolved", "closed", "cancelled", "duplicate")


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """Figures over all demo tickets; days by DESIGN 8: last resolved minus reported."""

    tickets: int
    statuses: dict[str, int]
    resolved: int
    mean_days: float
    sd_days: float
    median_days: float
    reopened: int
    interactions: int
    support_interactions: int
    complaints: int

    def lines(self) -> list[str]:
        """The summary for a person."""
        total = max(1, self.tickets)
        is_open = sum(count for status, count in self.statuses.items() if status not in ENDED)
        shares = ", ".join(f"{status} {100 * count / total:.1f} %" for status, count in self.statuses.items())
        support = 100 * self.support_interactions / max(1, self.interactions)
        return [
            f"{self.tickets} demo tickets, {100 * is_open / total:.1f} % of them open: {shares}",
            f"resolution: n {self.resolved}, mean {self.mean_days:.1f} days, SD {self.sd_days:.1f},"
            f" median {self.median_days:.1f}; reopened {100 * self.reopened / total:.1f} %",
            f"contacts: {self.interactions}, through support {support:.1f} %;"
            f" complaints: {self.complaints}, {100 * self.complaints / total:.1f} per 100 tickets",
        ]


def summarise(desk: Desk) -> DemoSummary:
    """The figures of all demo tickets in the running desk."""

    def rows(statement: str) -> list[Any]:
        cursor.execute(statement)
        found: list[Any] = cursor.fetchall()
        return found

    try:
        with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
            resolved, mean, deviation, median, reopened, tickets = rows(_RESOLUTION)[0]
            contacts, by_support = rows(_CONTACTS)[0]
            return DemoSummary(
                tickets=tickets,
                statuses=dict(rows(_STATUSES)),
                resolved=resolved,
                mean_days=mean,
                sd_days=deviation,
                median_days=median,
                reopened=reopened,
                interactions=contacts,
                support_interactions=by_support,
                complaints=rows(_COMPLAINTS)[0][0],
            )
    except psycopg2.Error as error:
        raise translate_error(error) from error
