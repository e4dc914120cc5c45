"""The connection: what a block leaves behind, what a broken one says, and that the next call connects again."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from shared import __version__, errors
from shared.database import Database
from tests.desks import RunningDesk


def settings_of(database: Database) -> tuple[str, ...]:
    with database.reading() as conn:
        names = ("desk.person", "desk.version", "desk.session")
        return tuple(
            conn.execute(text("SELECT current_setting(:name, true)"), {"name": name}).scalar() for name in names
        )


def test_the_session_is_encrypted_and_states_who_it_is(desk: RunningDesk) -> None:
    session = uuid.uuid4()
    database = desk.database("shared", person="zhao", session=session)
    with database.reading() as conn:
        ssl = "SELECT ssl, version, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        encrypted, version, name = conn.execute(text(ssl)).one()
        assert conn.execute(text("SELECT session_user")).scalar() == "m_pc-shared"
    assert settings_of(database) == ("zhao", __version__, str(session))
    database.close()
    assert (encrypted, version) == (True, "TLSv1.3")
    assert "pc-shared" in name


@pytest.mark.parametrize("person", ["li na", "back\\slash", "王芳", "a'b", "tab\there", "-c role=postgres"])
def test_any_staff_code_arrives_whole(desk: RunningDesk, person: str) -> None:
    database = desk.database("full", person=person)
    assert settings_of(database)[0] == person
    database.close()


def test_a_read_leaves_no_transaction(full: Database, desk: RunningDesk) -> None:
    with full.reading() as conn:
        pid = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        owner = desk.owner().cursor()
        owner.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [pid])
        assert owner.fetchone() == ("idle",)


def test_an_error_in_the_block_rolls_back(full: Database) -> None:
    with pytest.raises(ZeroDivisionError), full.unit_of_work() as session:
        session.execute(text("SET LOCAL desk.note = 'kept?'"))
        1 / 0  # noqa: B018 - the fault itself
    with full.unit_of_work() as session:
        assert not session.execute(text("SELECT current_setting('desk.note', true)")).scalar()


def test_a_connection_that_is_cut_in_use_is_a_sentence_and_the_next_call_works(
    full: Database, desk: RunningDesk
) -> None:
    with pytest.raises(errors.DatabaseUnavailableError), full.reading() as conn:
        desk.owner().cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [full.backend_pid(conn)])
        conn.execute(text("SELECT 1"))
    with full.reading() as conn:
        assert conn.execute(text("SELECT 1")).scalar_one() == 1


def test_a_connection_that_was_cut_while_it_lay_idle_is_replaced_unseen(full: Database, desk: RunningDesk) -> None:
    with full.reading() as conn:
        pid = full.backend_pid(conn)
    assert full.backend_pids() == {pid}
    desk.owner().cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with full.reading() as conn:
        assert conn.execute(text("SELECT pg_backend_pid()")).scalar_one() == full.backend_pid(conn) != pid
        assert full.backend_pids() == {full.backend_pid(conn)}


def test_a_cut_during_a_save_is_a_sentence(full: Database, desk: RunningDesk) -> None:
    with pytest.raises(errors.DatabaseUnavailableError), full.unit_of_work() as session:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        desk.owner().cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with full.unit_of_work() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_nobody_listens(desk: RunningDesk) -> None:
    nowhere = Database({**desk.profile("full").connect_args(), "port": 1})
    with pytest.raises(errors.DatabaseUnavailableError, match="can't be reached"), nowhere.reading():
        pass
    nowhere.close()


def test_another_machines_name_is_refused(desk: RunningDesk) -> None:
    forged = Database({**desk.profile("query").connect_args(), "user": "m_pc-full"})
    with pytest.raises(errors.LoginRefusedError), forged.reading():
        pass
    forged.close()
    genuine = desk.database("query")
    with genuine.reading() as conn:
        assert conn.execute(text("SELECT 1")).scalar_one() == 1
    genuine.close()


def test_a_missing_key_is_a_refused_login(desk: RunningDesk) -> None:
    keyless = Database({**desk.profile("query").connect_args(), "sslkey": "/nowhere/client.key"})
    with pytest.raises(errors.LoginRefusedError, match="private key"), keyless.reading():
        pass
    keyless.close()


def test_a_statement_that_takes_too_long_is_a_sentence(desk: RunningDesk) -> None:
    slow = "SELECT count(*) FROM generate_series(1, 100000000)"
    database = desk.database("full")  # of its own: with so short a limit any statement may take too long
    with database.reading() as conn:
        conn.execute(text("SET statement_timeout = '20ms'"))
    with pytest.raises(errors.BusyError, match="too long"), database.reading() as conn:
        conn.execute(text(slow))
    database.close()
