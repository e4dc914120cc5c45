"""``desk-server report resolution`` and ``desk-server report closing``."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from desk_server.cli import DataOption, JsonOption, ready_desk
from desk_server.days import parse_day
from desk_server.running import running
from shared.database import translate_error
from shared.queries.reports import get_duration_report
from shared.schemas.reports import DurationReport, DurationRow

report_app = typer.Typer(help="The department's figures.", no_args_is_help=True, rich_markup_mode=None)

HEADINGS = ("n", "mean", "variance", "sd", "median", "p90", "min", "max", "open")


class Grouping(StrEnum):
    """What a report may be broken down by."""

    PRODUCT = "product"
    PRIORITY = "priority"
    CUSTOMER = "customer"
    ASSIGNEE = "assignee"
    MONTH = "month"


By = Annotated[Grouping | None, typer.Option(help="One row for each of these.")]
From = Annotated[
    date | None, typer.Option("--from", parser=parse_day, metavar="DAY", help="First day, in the desk's zone.")
]
To = Annotated[date | None, typer.Option("--to", parser=parse_day, metavar="DAY", help="Last day, included.")]


@report_app.command("resolution")
def report_resolution(
    by: By = None, start: From = None, end: To = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Days from report to the last 'resolved'."""
    _report("resolution", by, start, end, as_json, data)


@report_app.command("closing")
def report_closing(
    by: By = None, start: From = None, end: To = None, as_json: JsonOption = False, data: DataOption = None
) -> None:
    """Days from report to the last 'closed'."""
    _report("closing", by, start, end, as_json, data)


def _report(
    measure: str, by: Grouping | None, start: date | None, end: date | None, as_json: bool, data: Path | None
) -> None:
    if start and end and end < start:
        raise typer.BadParameter("--to lies before --from.")
    report = _read(data, measure, by, start, end)
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join(table(report)))


def _read(data: Path | None, measure: str, by: Grouping | None, start: date | None, end: date | None) -> DurationReport:
    desk = ready_desk(data)
    engine = desk.owner_engine()
    try:
        with running(desk), engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            return get_duration_report(connection, measure, by.value if by else None, start, end)
    except SQLAlchemyError as error:
        raise translate_error(error) from error
    finally:
        engine.dispose()


def table(report: DurationReport) -> list[str]:
    """The report as a table for a terminal; all figures but n and open are days."""
    cells = [("", *HEADINGS), *(_cells(row) for row in report.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in cells
    ]
    return [report.definition, "", *(line.rstrip() for line in lines)]


def _cells(row: DurationRow) -> tuple[str, ...]:
    figures = (row.mean_days, row.variance_days, row.sd_days, row.median_days)
    rest = (row.p90_days, row.min_days, row.max_days)
    days = ["-" if figure is None else f"{figure:,.2f}" for figure in (*figures, *rest)]
    group = "all" if row.group is None else row.group or "(none)"
    return (group, f"{row.n:,}", *days, f"{row.open:,}")
