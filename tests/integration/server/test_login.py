"""Who gets in: the machine's certificate is the login. Each refusal stands beside the same try that succeeds."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest

from tests.desks import RunningDesk


def _one(connection: Any, query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("machine", ["query", "full", "admin", "shared"])
def test_own_certificate_comes_in_over_tls_1_3(desk: RunningDesk, raw: Any, machine: str) -> None:
    connection = raw(machine)
    assert _one(connection, "SELECT session_user") == f"m_{desk.profile(machine).machine}"
    assert _one(connection, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "TLSv1.3"


def test_no_certificate_is_refused(desk: RunningDesk, raw: Any) -> None:
    assert _one(raw("full"), "SELECT 1") == 1
    with pytest.raises(psycopg2.OperationalError, match="requires a valid client certificate"):
        raw("full", sslcert="/nonexistent", sslkey="/nonexistent")
