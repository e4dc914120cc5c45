"""``init --cluster``: our desk in a cluster that the site runs for other things too (a second embedded one)."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.account import server_account
from desk_server.authority_rotation import rotate_authority
from desk_server.binaries import find_binaries
from desk_server.desk import Desk
from desk_server.doctor import examine
from desk_server.initialise import free_port
from desk_server.jobs.old_certificates import raise_old_certificate_alarms
from desk_server.jobs.signing import sign_requests
from desk_server.log_reader import problem
from desk_server.machines import add_by_code, add_machine
from desk_server.postgres import Cluster
from shared.config import Profile
from shared.errors import DeskError
from tests.desks import RunningDesk, command_environment, command_line, desk_server, remove_folder, run_root
from tests.integration.server.enrolling import Applicant, enrol_login

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the site's administrator comes in by the local socket")

SITE_HBA = "# the site's own\nlocal all all trust\nhost shop all localhost scram-sha-256\n"
PASSWORD = "not a secret: a role of this test"


@dataclass
class SiteCluster:
    """A running cluster of the site with a database ``shop`` and a role ``clerk`` that logs in by password."""

    cluster: Cluster
    port: int

    def clerk(self, **overrides: Any) -> Any:
        arguments = {"host": "127.0.0.1", "port": self.port, "dbname": "shop", "user": "clerk", "password": PASSWORD}
        return closing(psycopg2.connect(**{**arguments, **overrides}))

    def administrator(self, database: str = "postgres") -> Any:
        connection = psycopg2.connect(
            host=str(self.cluster.folder.parent), port=self.port, dbname=database, user="postgres"
        )
        connection.autocommit = True
        return closing(connection)

    def hba(self) -> str:
        return (self.cluster.folder / "pg_hba.conf").read_text()


@pytest.fixture
def site(desk_folder: Path) -> Iterator[SiteCluster]:
    folder = run_root() / desk_folder.parent.name / "site"
    folder.mkdir(mode=0o711)
    account = server_account()
    account.take(folder)
    port = free_port()
    cluster = Cluster(folder / "data", find_binaries(account), account)
    conf = f"port = {port}\nunix_socket_directories = '{folder}'\nlisten_addresses = 'localhost'\nfsync = off\n"
    cluster.make({"pg_hba.conf": SITE_HBA, "pg_ident.conf": "# site\n", "postgresql.conf": conf})
    cluster.start(port)
    made = SiteCluster(cluster, port)
    with made.administrator() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE clerk LOGIN PASSWORD '{PASSWORD}'")
        cursor.execute("CREATE DATABASE shop OWNER clerk")
    yield made
    remove_folder(folder)


def _assert_site_works(site: SiteCluster) -> None:
    with site.clerk() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t AS SELECT 1; SHOW log_statement")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"), site.clerk(password="x"):
        pass
    with site.administrator("shop") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_desk_moves_in_and_the_site_works_on(site: SiteCluster, desk_folder: Path) -> None:
    answer = desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder, "--person", "wang")
    assert answer.returncode == 0, answer.stderr
    desk = Desk.open(desk_folder)
    profile = Profile.load(desk.profiles / str(desk.settings.machine))
    with closing(psycopg2.connect(**profile.connect_args())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM desk.machine")
        assert cursor.fetchone() == (1,)
    wrong = [finding.check for finding in examine(desk) if not finding.is_ok and "fsync" not in finding.check]
    assert wrong == ["the worker is at work"]  # it was not started yet
    _assert_site_works(site)
    assert SITE_HBA in site.hba()
    first = site.hba()
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    assert site.hba() == first
    assert desk_server("start", "--data", desk_folder).returncode == 0
    assert '"is_running": true' in desk_server("status", "--json", "--data", desk_folder).stdout
    assert desk_server("stop", "--data", desk_folder).returncode == 0
    assert site.cluster.is_running()  # it is not ours to stop
    _assert_site_works(site)


def test_the_sites_own_lines_open_no_way_into_the_desk(site: SiteCluster, desk_folder: Path) -> None:
    """The site trusts everybody on its socket; that must not make anybody a machine."""
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    machine = Desk.open(desk_folder).settings.machine
    socket = str(site.cluster.folder.parent)
    with site.clerk(host=socket):  # the control: the site's own line lets him in
        pass
    # a machine has no business in the site's databases, whose doors stand as open as the site left them
    for user, database in ((f"m_{machine}", "desk"), ("clerk", "desk"), (f"m_{machine}", "shop")):
        with pytest.raises(psycopg2.OperationalError, match="rejects"):
            psycopg2.connect(host=socket, port=site.port, dbname=database, user=user).close()
    with pytest.raises(psycopg2.OperationalError, match="rejects"), site.clerk(dbname="desk", sslmode="disable"):
        pass


def test_machines_enrol_in_the_sites_cluster_and_enrolment_opens_nothing_else(
    site: SiteCluster, desk_folder: Path, tmp_path: Path
) -> None:
    """Whoever has a code may give the role a password of his own; the site's lines must not take it."""
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    desk = Desk.open(desk_folder)
    applicant = Applicant.of(RunningDesk(desk), add_by_code(desk, "pc-1", "full", ["lin"]))
    assert applicant.ask()[0] == "waiting"
    with closing(desk.owner_connection(user="desk_worker")) as worker:
        assert sign_requests(worker, desk) == 1
        raise_old_certificate_alarms(worker, desk)
        first = applicant.login(tmp_path, applicant.ask()[2])
        psycopg2.connect(**first).close()
        add_machine(desk, "pc-1", "full", ["lin"], tmp_path / "again")
        with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
            psycopg2.connect(**first)
        assert problem(desk) is None  # found where its standard error goes
        assert raise_old_certificate_alarms(worker, desk) == 1
    login = enrol_login(RunningDesk(desk))
    with closing(psycopg2.connect(**login)) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE desk_enrol PASSWORD '{PASSWORD}'")
        connection.commit()
    with site.administrator() as connection, connection.cursor() as cursor:
        cursor.execute("GRANT CONNECT ON DATABASE shop TO PUBLIC")
    for elsewhere in ({"dbname": "shop"}, {"sslmode": "disable"}):
        with pytest.raises(psycopg2.OperationalError, match="rejects"):
            psycopg2.connect(**{**login, "password": PASSWORD, **elsewhere}).close()
    for database in ("shop", "desk"):
        with pytest.raises(psycopg2.OperationalError, match="rejects"):
            psycopg2.connect(
                host=str(site.cluster.folder.parent), port=site.port, dbname=database, user="desk_enrol"
            ).close()
    _assert_site_works(site)


def test_the_sites_own_roles_are_left_alone_whatever_they_are_called(site: SiteCluster, desk_folder: Path) -> None:
    """Neither roles sync nor a new authority touches them, and doctor has nothing to say of them."""
    with site.administrator() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE site_group; CREATE ROLE m_legacy_app LOGIN PASSWORD 'x' IN ROLE site_group")
        cursor.execute("CREATE DATABASE legacy OWNER m_legacy_app")
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    desk = Desk.open(desk_folder)
    login = {"host": str(site.cluster.folder.parent), "port": site.port, "dbname": "legacy", "user": "m_legacy_app"}
    with closing(psycopg2.connect(**login)) as session, session.cursor() as cursor:
        assert desk_server("roles", "sync", "--data", desk_folder).returncode == 0
        rotate_authority(desk)
        cursor.execute("SELECT pg_has_role('site_group', 'MEMBER')")
        assert cursor.fetchone() == (True,)
    psycopg2.connect(**login).close()
    assert not [finding for finding in examine(desk) if "m_legacy_app" in finding.detail]


def test_machines_fill_no_disk_in_a_sites_cluster_either(site: SiteCluster, desk_folder: Path) -> None:
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    desk = Desk.open(desk_folder)
    profile = Profile.load(desk.profiles / str(desk.settings.machine))
    with closing(psycopg2.connect(**profile.connect_args())) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW temp_file_limit")
        assert cursor.fetchone() == ("256MB",)
    with site.clerk() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW temp_file_limit")
        assert cursor.fetchone() == ("-1",)  # the site's databases are the site's
    named = "temp_file_limit is 256MB"
    assert named in [finding.check for finding in examine(desk) if finding.is_ok]
    with closing(desk.owner_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER DATABASE desk RESET temp_file_limit")
    assert named in [finding.check for finding in examine(desk) if not finding.is_ok]


def test_an_error_in_the_sites_files_undoes_ours(site: SiteCluster, desk_folder: Path) -> None:
    broken = SITE_HBA + "local all all no-such-method\n"
    site.cluster.write_file("pg_hba.conf", broken)
    before = {name: (site.cluster.folder / name).read_bytes() for name in ("pg_ident.conf", "postgresql.conf")}
    answer = desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder)
    assert answer.returncode == 1
    assert "pg_hba.conf of the cluster has an error in line" in answer.stderr
    assert site.hba() == broken
    assert {name: (site.cluster.folder / name).read_bytes() for name in before} == before
    site.cluster.write_file("pg_hba.conf", SITE_HBA)
    site.cluster.reload()
    _assert_site_works(site)
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0


def test_a_host_that_does_not_resolve_here_is_no_hindrance_and_may_be_changed(
    site: SiteCluster, desk_folder: Path
) -> None:
    words = ("init", "--data", desk_folder, "--cluster", site.cluster.folder)
    first = desk_server(*words, "--host", "desk.invalid")
    assert first.returncode == 0, first.stderr
    again = desk_server(*words, "--host", "localhost", "--host", "other.invalid")
    assert again.returncode == 0, again.stderr
    profile = Profile.load(desk_folder / "profiles" / str(Desk.open(desk_folder).settings.machine))
    psycopg2.connect(**profile.connect_args()).close()
    other = {**profile.connect_args(), "host": "other.invalid", "hostaddr": "127.0.0.1"}
    psycopg2.connect(**other).close()
    with pytest.raises(psycopg2.OperationalError, match="does not match host name"):
        psycopg2.connect(**{**other, "host": "desk.invalid"})
    _assert_site_works(site)


def test_a_site_that_is_not_fit_is_refused_unchanged(site: SiteCluster, desk_folder: Path) -> None:
    folder = site.cluster.folder

    def refused(*words: str) -> None:
        answer = desk_server("init", "--data", desk_folder, "--cluster", folder)
        assert answer.returncode == 1
        for word in words:
            assert word in answer.stderr
        assert site.hba() == SITE_HBA

    (folder / "PG_VERSION").write_text("16\n")
    refused("PostgreSQL 16", "Nothing was changed")
    (folder / "PG_VERSION").write_text("17\n")
    with site.administrator() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE desk")
        refused("has a database desk already")
        cursor.execute("DROP DATABASE desk")
        cursor.execute("ALTER SYSTEM SET ssl_ca_file = '/etc/own-ca.crt'")
        cursor.execute("SELECT pg_reload_conf()")
    refused("CA of its own")
    with site.administrator() as connection, connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM RESET ssl_ca_file")
        cursor.execute("SELECT pg_reload_conf()")
    site.cluster.stop()
    refused("does not run")
    site.cluster.start(site.port)
    assert desk_server("init", "--data", desk_folder, "--cluster", folder).returncode == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root could be led astray")
def test_a_cluster_leads_root_to_no_file_of_others(site: SiteCluster, desk_folder: Path) -> None:
    """The cluster says where its files are, and its account may say anything."""
    elsewhere = desk_folder.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    victim = elsewhere / "pg_ident.conf"
    victim.write_text("# readable by all, written by root\n")
    victim.chmod(0o644)
    ident = site.cluster.folder / "pg_ident.conf"
    ident.rename(ident.with_suffix(".kept"))
    ident.symlink_to(victim)
    answer = desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder)
    assert answer.returncode == 1
    assert "can't be written by the account" in answer.stderr
    assert [file.read_text() for file in elsewhere.iterdir()] == ["# readable by all, written by root\n"]
    assert site.hba() == SITE_HBA
    ident.unlink()
    ident.with_suffix(".kept").rename(ident)
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0


def test_no_cluster_is_refused(desk_folder: Path) -> None:
    answer = desk_server("init", "--data", desk_folder, "--cluster", desk_folder.parent)
    assert answer.returncode == 1
    assert "not a PostgreSQL data folder" in answer.stderr


def test_another_desk_does_not_take_a_database_over(site: SiteCluster, desk_folder: Path) -> None:
    assert desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder).returncode == 0
    other = desk_folder.parent / "other"
    answer = desk_server("init", "--data", other, "--cluster", site.cluster.folder)
    assert answer.returncode == 1
    assert Desk.open(desk_folder).settings.is_initialised
    with pytest.raises(DeskError):
        Desk.open(desk_folder.parent)


@pytest.mark.parametrize("delay", [0.0, 0.15, 0.4])
def test_init_killed_in_the_sites_cluster_goes_on(site: SiteCluster, desk_folder: Path, delay: float) -> None:
    process = subprocess.Popen(
        command_line("init", "--data", desk_folder, "--cluster", site.cluster.folder),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=command_environment(),
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Writing into")
    time.sleep(delay)
    process.kill()
    process.communicate()
    _assert_site_works(site)
    again = desk_server("init", "--data", desk_folder, "--cluster", site.cluster.folder)
    assert again.returncode == 0, again.stderr
    assert site.hba().count("BEGIN SupportDesk") == 1
    _assert_site_works(site)
