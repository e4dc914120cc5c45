"""``desk-server seed``: what its arguments mean, and what it says."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date

import typer

from desk_server.demo.loader import SeedResult, seed
from desk_server.demo.summary import DemoSummary, summarise
from desk_server.desk import Desk


def run_seed(desk: Desk, tickets: int, number: int, until: date | None, *, as_json: bool = False) -> None:
    """Fill the running desk and print what is in it now."""
    result = seed(desk, tickets, number, until, None if as_json else _show_progress)
    if not as_json:
        _clear_progress()
    summary = summarise(desk)
    typer.echo(_as_json(result, summary) if as_json else "\n".join([_said(result), *summary.lines()]))


def _said(result: SeedResult) -> str:
    arguments = f"--tickets {result.tickets} --seed {result.seed} --until {result.until}"
    if result.was_complete:
        return f"Nothing to add: the desk has the demo data of {arguments}."
    return f"{result.added} demo tickets were added ({arguments})."


def _as_json(result: SeedResult, summary: DemoSummary) -> str:
    answer = dataclasses.asdict(result) | {"until": result.until.isoformat(), "desk": dataclasses.asdict(summary)}
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _show_progress(done: int, tickets: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done} of {tickets} demo tickets", nl=False, err=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        typer.echo("\r" + " " * 40 + "\r", nl=False, err=True)
