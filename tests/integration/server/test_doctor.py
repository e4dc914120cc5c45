"""doctor names each thing that was undone, that thing alone, and what to do; an untouched desk is sound."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from desk_server import log_reader
from desk_server.audit.sealing import Sealer
from desk_server.cluster_files import SERVER_CERTIFICATE
from desk_server.doctor import Finding, examine
from desk_server.doctor import running as running_lines
from desk_server.doctor.catalogue import QUERIES
from desk_server.doctor.schema import CHECK as SCHEMA_CHECK
from desk_server.doctor.server_settings import EMBEDDED, EVERYWHERE
from desk_server.initialise import bring_up_to_date
from tests.desks import RunningDesk, copy_desk, desk_server, run_root, template_desk


@pytest.fixture(scope="module")
def sound() -> Iterator[RunningDesk]:
    """A desk as durable as in production, with signs of a worker."""
    started = copy_desk(template_desk(), run_root() / "doctor", durable=True)
    yield started
    started.remove()


@pytest.fixture(scope="module")
def boss(sound: RunningDesk) -> Any:
    return sound.owner().cursor()


_tended: list[float] = [0.0]


def _tend(desk: RunningDesk) -> None:
    """What the worker would do, every now and then."""
    if time.monotonic() - _tended[0] < 10:
        return
    _tended[0] = time.monotonic()
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        Sealer(connection, run_seconds=60).run()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO desk.worker_heartbeat (pid, version, started_at, beat_at) VALUES (1, '0', now(), now())"
                " ON CONFLICT (id) DO UPDATE SET beat_at = now()"
            )


def _wrong(desk: RunningDesk) -> list[Finding]:
    """Of what was undone in the schema test_doctor_schema.py looks at the line that names every object."""
    _tend(desk)
    return [found for found in examine(desk.desk) if not found.is_ok and found.check != SCHEMA_CHECK]


def _run(cursor: Any, statements: str) -> None:
    """One after another, each a transaction of its own: ALTER SYSTEM wants that."""
    for statement in statements.split(";"):
        cursor.execute(statement)


def _reset(cursor: Any) -> None:
    """Whoever connects from now on has what was set: PostgreSQL reads its files before it takes another connection."""
    cursor.execute("SELECT pg_reload_conf()")


def test_a_new_desk_is_sound(sound: RunningDesk) -> None:
    _tend(sound)
    answer = desk_server("doctor", "--data", sound.desk.data)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "WRONG" not in answer.stdout


# the line that must be named, a word of what it says, how it is undone, how it is mended ("": as the advice says)
UNDONE = [
    ("doors", "pg_advisory_lock", "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO PUBLIC", ""),
    ("doors", "lo_create", "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", ""),
    ("doors", "pg_notify", "GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO PUBLIC", ""),
    ("doors", "pg_sleep", "GRANT EXECUTE ON FUNCTION pg_sleep(double precision) TO PUBLIC", ""),
    ("doors", "DO in language plpgsql", "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC", ""),
    ("large_objects", "large object 4711", "SELECT lo_create(4711)", "SELECT lo_unlink(4711)"),
    ("languages", "desk_query may use plpgsql", "GRANT USAGE ON LANGUAGE plpgsql TO desk_query",
     "REVOKE USAGE ON LANGUAGE plpgsql FROM desk_query"),
    ("extensions", "pgcrypto", "CREATE EXTENSION pgcrypto SCHEMA public", "DROP EXTENSION pgcrypto"),
    ("public_database", "desk temporary", "GRANT TEMP ON DATABASE desk TO PUBLIC", ""),
    ("public_database", "desk connect", "GRANT CONNECT ON DATABASE desk TO PUBLIC", ""),
    ("public_database", "postgres connect", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", ""),
    ("public_schema", "public usage", "GRANT USAGE ON SCHEMA public TO PUBLIC", ""),
    ("public_tables", "ticket select", "GRANT SELECT ON desk.ticket TO PUBLIC",
     "REVOKE SELECT ON desk.ticket FROM PUBLIC"),
    ("default_privileges", "desk_owner",
     "ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC", ""),
    ("create", "desk_full may temporary", "GRANT TEMP ON DATABASE desk TO desk_full",
     "REVOKE TEMP ON DATABASE desk FROM desk_full"),
    ("create", "desk_worker may create in schema desk", "GRANT CREATE ON SCHEMA desk TO desk_worker",
     "REVOKE CREATE ON SCHEMA desk FROM desk_worker"),
    ("definer_path", "lease_take", "ALTER FUNCTION desk.lease_take RESET search_path",
     "ALTER FUNCTION desk.lease_take SET search_path = pg_catalog, pg_temp"),
    ("definer_path", "machine_set", "ALTER FUNCTION desk.machine_set SET search_path = public, pg_temp", ""),
    ("definer_public", "machine_set", "GRANT EXECUTE ON FUNCTION desk.machine_set TO PUBLIC", ""),
    ("definer_public", "index_rows", "GRANT EXECUTE ON FUNCTION desk.index_rows TO PUBLIC",
     "REVOKE EXECUTE ON FUNCTION desk.index_rows FROM PUBLIC"),
    ("parameters", "log_statement", "GRANT SET ON PARAMETER log_statement TO desk_full",
     "REVOKE SET ON PARAMETER log_statement FROM desk_full"),
    ("login_trigger", "does not fire", "ALTER EVENT TRIGGER desk_login DISABLE", ""),
    ("login_trigger", "does not fire", "ALTER EVENT TRIGGER desk_login ENABLE", ""),
    ("login_trigger", "does not fire", "DROP EVENT TRIGGER desk_login", ""),
    ("roles", "desk_owner may log in", "ALTER ROLE desk_owner LOGIN", "ALTER ROLE desk_owner NOLOGIN"),
    ("roles", "desk_full is a superuser", "ALTER ROLE desk_full BYPASSRLS", "ALTER ROLE desk_full NOBYPASSRLS"),
    ("roles", "desk_admin may create roles", "ALTER ROLE desk_admin CREATEROLE", "ALTER ROLE desk_admin NOCREATEROLE"),
    ("roles", "desk_worker is a member of pg_read_all_data", "GRANT pg_read_all_data TO desk_worker",
     "REVOKE pg_read_all_data FROM desk_worker"),
    ("other_roles", "guest may log in", "CREATE ROLE guest LOGIN", "DROP ROLE guest"),
    ("other_roles", "second is a superuser", "CREATE ROLE second SUPERUSER", "DROP ROLE second"),
    ("machine_roles", "m_pc-full has a password", "ALTER ROLE \"m_pc-full\" PASSWORD 'x'", "sync"),
    ("machine_roles", "more power", 'ALTER ROLE "m_pc-full" CREATEDB', "sync"),
    ("machine_roles", "more power", 'ALTER ROLE "m_pc-full" SUPERUSER', "sync"),
    ("machine_roles", "more power", 'ALTER ROLE "m_pc-full" BYPASSRLS', "sync"),
    ("machine_roles", "more power", 'ALTER ROLE "m_pc-full" CONNECTION LIMIT -1', "sync"),
    ("machine_roles", "member of desk_admin", 'GRANT desk_admin TO "m_pc-full"', "sync"),
    ("machine_roles", "member of desk_full", 'GRANT desk_full TO "m_pc-full" WITH SET TRUE', "sync"),
    ("machine_roles", "member of desk_full", 'GRANT desk_full TO "m_pc-full" WITH ADMIN TRUE', "sync"),
    ("machine_roles", "has no group", 'REVOKE desk_query FROM "m_pc-query" GRANTED BY desk_roles', "sync"),
    ("machine_roles", "m_pc-query has no login", 'ALTER ROLE "m_pc-query" NOLOGIN', "sync"),
    ("machine_roles", "m_ghost is no machine", "CREATE ROLE m_ghost LOGIN CONNECTION LIMIT 4 ADMIN desk_roles",
     "DROP ROLE m_ghost"),
    ("other_roles", "m_other may log in", "CREATE ROLE m_other LOGIN", "DROP ROLE m_other"),
    ("machine_grants", "m_pc-query has a right on", 'GRANT SELECT ON desk.audit_private TO "m_pc-query"', "sync"),
    ("machine_settings", "lock_timeout=1h", "ALTER ROLE \"m_pc-full\" SET lock_timeout = '1h'", "sync"),
    ("machine_settings", "work_mem=1GB", "ALTER ROLE \"m_pc-full\" SET work_mem = '1GB'", "sync"),
    ("machine_settings", "statement_timeout=30s is missing", 'ALTER ROLE "m_pc-full" RESET statement_timeout', "sync"),
    ("enrol_settings", "track_activities", "ALTER ROLE desk_enrol RESET track_activities", ""),
    ("enrol_settings", "password", "ALTER ROLE desk_enrol PASSWORD 'x'", ""),
    ("settings", "watchdog_idle_seconds is missing", "DELETE FROM desk.setting WHERE key = 'watchdog_idle_seconds'",
     "INSERT INTO desk.setting VALUES ('watchdog_idle_seconds', '45')"),
    ("settings", "watchdog_enrol_seconds is 0, not 1",
     "UPDATE desk.setting SET value = '0' WHERE key = 'watchdog_enrol_seconds'",
     "UPDATE desk.setting SET value = '60' WHERE key = 'watchdog_enrol_seconds'"),
    ("settings", "enrolment_minutes is never",
     "UPDATE desk.setting SET value = 'never' WHERE key = 'enrolment_minutes'",
     "UPDATE desk.setting SET value = '15' WHERE key = 'enrolment_minutes'"),
    ("settings", "renew_after_days is 99999999",
     "UPDATE desk.setting SET value = '99999999' WHERE key = 'renew_after_days'",
     "UPDATE desk.setting SET value = '60' WHERE key = 'renew_after_days'"),
    ("settings", "lease_ask_seconds is missing", "DELETE FROM desk.setting WHERE key = 'lease_ask_seconds'",
     "INSERT INTO desk.setting (key, value) VALUES ('lease_ask_seconds', '30')"),
    ("settings", "lease_idle_seconds is 5, not 30 to 86400",
     "UPDATE desk.setting SET value = '5' WHERE key = 'lease_idle_seconds'",
     "UPDATE desk.setting SET value = '300' WHERE key = 'lease_idle_seconds'"),
    ("settings", "heartbeat_seconds is 31, more than half of lease_seconds",
     "UPDATE desk.setting SET value = '31' WHERE key = 'heartbeat_seconds'",
     "UPDATE desk.setting SET value = '15' WHERE key = 'heartbeat_seconds'"),
    ("worker_settings", "lock_timeout=500ms is missing", "ALTER ROLE desk_worker RESET lock_timeout", ""),
    ("worker_settings", "lock_timeout=1h", "ALTER ROLE desk_worker SET lock_timeout = '1h'", ""),
    ("private_columns", "contact.phone can be read", "GRANT SELECT (phone) ON desk.contact TO desk_query",
     "SELECT desk.apply_private_grants('contact')"),
    ("private_columns", "contact.name can't be read", "REVOKE SELECT (name) ON desk.contact FROM desk_query",
     "SELECT desk.apply_private_grants('contact')"),
    ("private_tables", "search_private", "GRANT SELECT ON desk.search_private TO desk_query",
     "REVOKE SELECT ON desk.search_private FROM desk_query"),
    ("write_grants", "desk_query may update customer", "GRANT UPDATE (note) ON desk.customer TO desk_query",
     "REVOKE UPDATE (note) ON desk.customer FROM desk_query"),
    ("write_grants", "desk_full may delete ticket", "GRANT DELETE ON desk.ticket TO desk_full",
     "REVOKE DELETE ON desk.ticket FROM desk_full"),
    ("write_grants", "insert audit_entry", "GRANT INSERT ON desk.audit_entry TO desk_admin",
     "REVOKE INSERT ON desk.audit_entry FROM desk_admin"),
    ("write_grants", "field_rule.is_private", "GRANT UPDATE (is_private) ON desk.field_rule TO desk_admin",
     "REVOKE UPDATE (is_private) ON desk.field_rule FROM desk_admin"),
    ("audit_triggers", "ticket at update", "DROP TRIGGER x_audit_update ON desk.ticket",
     "CREATE TRIGGER x_audit_update AFTER UPDATE ON desk.ticket REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
     " FOR EACH STATEMENT EXECUTE FUNCTION desk.audit_update('id')"),
    ("audit_triggers", "unseen at insert", "CREATE TABLE desk.unseen (id int)", "DROP TABLE desk.unseen"),
    ("append_only", "audit_entry", "DROP TRIGGER a_append_only ON desk.audit_entry",
     "CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON desk.audit_entry"
     " FOR EACH STATEMENT EXECUTE FUNCTION desk.refuse_change()"),
    ("guard_triggers", "ticket without guard_update", "DROP TRIGGER a_guard_update ON desk.ticket",
     "CREATE TRIGGER a_guard_update BEFORE UPDATE ON desk.ticket FOR EACH ROW"
     " EXECUTE FUNCTION desk.guard_update('origin')"),
    ("guard_triggers", "contact without check_rules", "DROP TRIGGER c_rules ON desk.contact",
     "CREATE TRIGGER c_rules BEFORE INSERT OR UPDATE ON desk.contact FOR EACH ROW"
     " EXECUTE FUNCTION desk.check_rules('', 'customer_id', 'customer')"),
    ("switched_off", "ticket x_audit_update", "ALTER TABLE desk.ticket DISABLE TRIGGER x_audit_update",
     "ALTER TABLE desk.ticket ENABLE TRIGGER x_audit_update"),
    ("switched_off", "customer a_guard_update", "ALTER TABLE desk.customer ENABLE REPLICA TRIGGER a_guard_update",
     "ALTER TABLE desk.customer ENABLE TRIGGER a_guard_update"),
]  # fmt: skip
CHECKS = {name: check for name, check, _ in QUERIES}


@pytest.mark.parametrize(("name", "word", "undo", "mend"), UNDONE, ids=[line[2][:60] for line in UNDONE])
def test_what_is_undone_is_named(sound: RunningDesk, boss: Any, name: str, word: str, undo: str, mend: str) -> None:
    _run(boss, undo)
    try:
        wrong = _wrong(sound)
    finally:
        if mend == "sync":
            boss.execute("SELECT desk.roles_sync()")
        elif mend:
            _run(boss, mend)
        else:
            bring_up_to_date(sound.desk)
    assert [found.check for found in wrong] == [CHECKS[name]]
    assert word in wrong[0].detail
    assert wrong[0].advice
    assert {"sync": "roles sync", "": "migrate"}.get(mend, "") in wrong[0].advice  # and that has mended it:
    # the next one finds its own undoing alone


def test_every_line_of_the_catalogue_is_undone_above() -> None:
    assert {name for name, *_ in UNDONE} == set(CHECKS)


OTHER_VALUES = {
    "ssl": "off", "ssl_cert_file": "other.crt", "ssl_key_file": "other.key", "ssl_ca_file": "other.crt",
    "ssl_crl_file": "some.crl", "ssl_crl_dir": "some", "ssl_min_protocol_version": "TLSv1.2", "fsync": "off",
    "full_page_writes": "off", "synchronous_commit": "off", "log_error_verbosity": "verbose",
    "log_min_error_statement": "error", "log_statement": "all", "log_min_duration_statement": "0",
    "log_min_duration_sample": "0", "log_transaction_sample_rate": "1", "log_duration": "on",
    "max_prepared_transactions": "5", "lo_compat_privileges": "on", "allow_system_table_mods": "on",
    "session_replication_role": "local", "unix_socket_permissions": "0777", "superuser_reserved_connections": "2",
    "reserved_connections": "0", "password_encryption": "md5", "authentication_timeout": "60s",
    "tcp_keepalives_idle": "0", "tcp_keepalives_interval": "0", "tcp_keepalives_count": "9", "tcp_user_timeout": "0",
    "client_connection_check_interval": "0", "temp_file_limit": "-1", "wal_level": "minimal", "archive_mode": "off",
    "logging_collector": "off", "log_line_prefix": "", "log_connections": "off", "log_truncate_on_rotation": "off",
}  # fmt: skip
BY_INITDB = {"data_checksums"}


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_a_changed_setting_is_named(sound: RunningDesk, boss: Any, name: str) -> None:
    """On the database where that is how ours is made, else in the cluster's file, read anew or at the next start."""
    in_database = (name.startswith("log_") and name in EVERYWHERE) or name == "session_replication_role"
    where = "DATABASE desk" if in_database else "SYSTEM"
    boss.execute(f"ALTER {where} SET {name} = '{OTHER_VALUES[name]}'")
    try:
        _reset(boss)
        wrong = _wrong(sound)
    finally:
        boss.execute(f"ALTER {where} RESET {name}")
        if in_database:
            bring_up_to_date(sound.desk)
        _reset(boss)
    told_too = ("no setting keeps", "pg_hba.conf")  # without TLS PostgreSQL takes its lines for errors
    checks = [found.check for found in wrong if not found.check.startswith(told_too)]
    assert [check.split(" is ")[0] for check in checks] == [name]
    assert all(found.advice for found in wrong)


def test_after_all_that_the_desk_is_sound(sound: RunningDesk) -> None:
    _tend(sound)
    assert [found for found in examine(sound.desk) if not found.is_ok] == []


def test_every_setting_is_changed_above() -> None:
    assert set(OTHER_VALUES) == {*EVERYWHERE, *EMBEDDED} - BY_INITDB


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("DATABASE desk", "off"), ("DATABASE desk", "'f'"), ("DATABASE desk", "'No'"), ("ROLE ALL", "FALSE"),
        ("SYSTEM", "'fAl'"), ('ROLE "postgres" IN DATABASE desk', "0"),
    ],
)  # fmt: skip
def test_a_setting_that_keeps_triggers_from_firing_is_named(
    sound: RunningDesk, boss: Any, where: str, value: str
) -> None:
    boss.execute(f"ALTER {where} SET event_triggers = {value}")
    _reset(boss)
    try:
        (found,) = _wrong(sound)
        assert found.check.startswith("no setting keeps triggers")
        assert "event_triggers" in found.detail
    finally:
        boss.execute(f"ALTER {where} RESET event_triggers")
        _reset(boss)
    assert _wrong(sound) == []


def _changed(sound: RunningDesk, name: str, text: str) -> list[Finding]:
    """What is wrong while a file of the cluster has this text; the server need not have read it."""
    good = (sound.desk.cluster.folder / name).read_text()
    sound.desk.cluster.write_file(name, text)
    try:
        return _wrong(sound)
    finally:
        sound.desk.cluster.write_file(name, good)


HBA, IDENT = "pg_hba.conf", "pg_ident.conf"
OURS, OTHERS = "pg_hba.conf begins with our lines, in their order", "no other line of pg_hba.conf lets anybody in"


@pytest.mark.parametrize(
    "line",
    [
        "host all all all trust", "hostssl desk all all scram-sha-256", "host desk m_pc-full 10.0.0.0/8 md5",
        "local all all trust", "hostssl desk desk_enrol 10.0.0.1/32 password", "host replication all all trust",
        "hostssl all all all cert",
    ],
)  # fmt: skip
def test_a_line_that_lets_somebody_in_is_named(sound: RunningDesk, line: str) -> None:
    good = (sound.desk.cluster.folder / HBA).read_text()
    (found,) = _changed(sound, HBA, good + line + "\n")
    assert found.check == OTHERS
    assert line.split()[-1] in found.detail
    assert _changed(sound, HBA, good + "# a comment\nhost all all all reject\n") == []
    assert OURS in [found.check for found in _changed(sound, HBA, line + "\n" + good)]


def test_a_line_of_ours_that_is_missing_or_misplaced_is_named(sound: RunningDesk) -> None:
    lines = (sound.desk.cluster.folder / HBA).read_text().splitlines()
    ours = [line for line in lines if line and not line.startswith("#")]
    for line in ours:
        text = "\n".join(other for other in lines if other != line) + "\n"
        assert [found.check for found in _changed(sound, HBA, text)] == [OURS]
    swapped = [ours[-1], *ours[1:-1], ours[0]]
    assert [found.check for found in _changed(sound, HBA, "\n".join(swapped) + "\n")] == [OURS]


@pytest.mark.parametrize(
    ("name", "line", "check"),
    [
        (HBA, "local all\n", "pg_hba.conf is read without an error"),
        (IDENT, 'desk_machine "/^(a{0,3" m_x\n', "pg_ident.conf is read without an error"),
        (IDENT, "desk_os mallory postgres\n", "no other line of pg_ident.conf gives a role away"),
        (IDENT, "desk_machine pc-query m_pc-admin\n", "no other line of pg_ident.conf gives a role away"),
        (IDENT, 'desk_machine "/^(.*)$" "m_\\1"\n', "no other line of pg_ident.conf gives a role away"),
    ],
)
def test_a_bad_line_is_named(sound: RunningDesk, name: str, line: str, check: str) -> None:
    good = (sound.desk.cluster.folder / name).read_text()
    assert [found.check for found in _changed(sound, name, good + line)] == [check]


def test_the_missing_line_of_machines_is_named(sound: RunningDesk) -> None:
    good = (sound.desk.cluster.folder / IDENT).read_text()
    text = "".join(line for line in good.splitlines(keepends=True) if "desk_machine" not in line)
    (found,) = _changed(sound, IDENT, text)
    assert found.check == "pg_ident.conf maps a certificate's name to its machine"


def _short_certificate(desk: RunningDesk) -> bytes:
    """The authority's own certificate, over in ten days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "short")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=10))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_certificates_about_to_end_are_named(sound: RunningDesk, boss: Any) -> None:
    files = {
        sound.desk.authority.certificate_file: "the certificate authority",
        sound.desk.cluster_folder / SERVER_CERTIFICATE: "the server's certificate",
    }
    for file, what in files.items():
        good = file.read_bytes()
        file.write_bytes(_short_certificate(sound))
        try:
            assert [found.check.split(" is ")[0] for found in _wrong(sound)] == [what]
        finally:
            file.write_bytes(good)
    of_machine = (
        "UPDATE desk.machine_certificate SET not_after = not_after {} interval '80 days'"
        " WHERE machine_id = (SELECT id FROM desk.machine WHERE name = 'pc-full')"
    )
    boss.execute(of_machine.format("-"))
    (found,) = _wrong(sound)
    assert "machine pc-full" in found.check
    assert "machine code pc-full" in found.advice
    boss.execute(of_machine.format("+"))
    assert _wrong(sound) == []


def test_keys_that_others_may_read_are_named(sound: RunningDesk) -> None:
    desk = sound.desk
    keys = [desk.authority.folder / "ca.key", desk.cluster_folder / "desk_server.key"]
    keys += sorted(desk.profiles.glob("*/client.key*"))[:2]
    for key in keys:
        mode = key.stat().st_mode & 0o777
        key.chmod(0o644)
        assert [found.check for found in _wrong(sound)] == [f"{key} is its owner's alone"]
        key.chmod(mode)
    assert _wrong(sound) == []


def test_a_worker_that_does_nothing_is_named(sound: RunningDesk, boss: Any) -> None:
    _tend(sound)
    boss.execute("UPDATE desk.worker_heartbeat SET beat_at = now() - interval '31 s'")
    boss.execute(
        "INSERT INTO desk.audit_entry (at, machine, action, entity, row_key, changes)"
        " VALUES (now() - interval '61 s', 'x', 'update', 'ticket', '1', '{}')"
    )
    wrong = [found.check for found in examine(sound.desk) if not found.is_ok]
    assert wrong == ["the worker is at work", "the audit is sealed"]
    _tended[0] = 0.0
    assert _wrong(sound) == []


def test_full_disks_an_unreadable_log_and_too_few_slots_are_named(
    sound: RunningDesk, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(running_lines, "FULL_PERCENT", 0)
        assert [found.check for found in _wrong(sound)] == [
            f"the disk of {what} is less than 0 % full" for what in ("data", "pg_wal")
        ]
    with monkeypatch.context() as patch:
        patch.setattr(log_reader, "find_log", lambda desk: None)
        assert [found.check for found in _wrong(sound)] == ["the server's log can be read"]
    boss.execute("SET session_replication_role = replica")  # machines without roles, for the number alone
    boss.execute("INSERT INTO desk.machine (name, level) SELECT 'many-' || n, 'query' FROM generate_series(1, 80) AS n")
    boss.execute("SET session_replication_role = origin")
    assert "max_connections is enough for all machines" in [found.check for found in _wrong(sound)]
    boss.execute("DELETE FROM desk.machine WHERE name ~ '^many-'")
    assert _wrong(sound) == []


def test_exit_code_and_json_say_what_is_wrong(sound: RunningDesk, boss: Any) -> None:
    import json

    _tend(sound)
    boss.execute("GRANT TEMP ON DATABASE desk TO PUBLIC")
    answer = desk_server("doctor", "--data", sound.desk.data, "--json")
    boss.execute("REVOKE TEMP ON DATABASE desk FROM PUBLIC")
    assert answer.returncode == 1
    wrong = {line["check"]: line["advice"] for line in json.loads(answer.stdout) if not line["is_ok"]}
    assert wrong.keys() == {CHECKS["public_database"], SCHEMA_CHECK}
    assert wrong[CHECKS["public_database"]] == "run: desk-server migrate"
    assert "2 of" in answer.stderr
