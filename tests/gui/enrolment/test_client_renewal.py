"""The running client renews by itself: another certificate, the same window; said only when the end is near."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import desk_client.enrolment.renewal as renewal_module
from shared.config import NEXT_CERTIFICATE_FILE, NEXT_KEY_FILE
from shared.errors import DatabaseUnavailableError
from shared.key_store import KEY_FILE
from shared.renewal import Renewal, RenewalState
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.enrolment.conftest import signing


def serials(owner: Any) -> tuple[set[int], set[int]]:
    """The certificates of pc-full that are good, and those that its connections show."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT serial FROM desk.machine_certificate JOIN desk.machine m ON m.id = machine_id"
            " WHERE m.name = 'pc-full' AND replaced_at IS NULL"
        )
        good = {int(row[0]) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT client_serial FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'm_pc-full'"
        )
        return good, {int(row[0]) for row in cursor.fetchall()}


def said(client: Client) -> str:
    return client.window.message_bar.text()


def test_the_client_goes_on_by_a_new_certificate(
    start_client: StartClient, desk: RunningDesk, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal_module, "FIRST_MS", 50)
    monkeypatch.setattr(renewal_module, "SOON_MS", 100)
    monkeypatch.setattr(renewal_module, "TRIES", 600)  # as long as the worker needs
    (old,), _ = serials(owner)
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.machine_certificate SET first_used_at = clock_timestamp()")
        cursor.execute("UPDATE desk.setting SET value = '0' WHERE key = 'renew_after_days'")
    try:
        with signing(desk):
            client = start_client("full")
            folder: Path = client.app._profile.directory

            def has_one_that_is_new() -> bool:
                """The old one is good until the worker has heard of the new one; its connections go one by one."""
                good, shown = serials(owner)
                return good == shown and len(good) == 1 and old not in good

            client.until(has_one_that_is_new)
            client.until(lambda: not {NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE} & {file.name for file in folder.iterdir()})
            client.until(client.window.top_bar.badge.is_live)
            client.settle()
    finally:
        with owner.cursor() as cursor:
            cursor.execute("UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'")
    assert (folder / KEY_FILE).read_bytes() != (desk.profile("full").directory / KEY_FILE).read_bytes()
    assert said(client) == ""


def test_a_failure_is_not_said_before_the_end_is_near(start_client: StartClient) -> None:
    client = start_client("query")
    controller = client.app.renewal
    far, near = (dt.datetime.now(dt.UTC) + dt.timedelta(days=days) for days in (30, 13))
    controller._on_answer(Renewal(RenewalState.EARLY, far))
    controller._on_error(DatabaseUnavailableError("away"))
    assert said(client) == ""
    controller._on_answer(Renewal(RenewalState.EARLY, near))
    assert "ends on" in said(client)
