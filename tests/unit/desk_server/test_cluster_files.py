"""The lines that decide who gets in."""

from __future__ import annotations

import re

from desk_server.cluster_files import MACHINE_MAP, conf_text, embedded_settings, hba_lines, ident_lines
from desk_server.machines import MACHINE_NAME
from desk_server.settings import DeskSettings

EMBEDDED = DeskSettings(key="k", kind="embedded", port=1, pg_bin="/b", account="nobody", owner_login="socket")
SITE = EMBEDDED.changed(kind="site")


def test_machine_map_is_quoted_and_is_the_rule_for_names() -> None:
    """An unquoted comma makes PostgreSQL refuse the whole file, and with it everybody."""
    quoted = re.search(r'"/\^\((.*)\)\$"', MACHINE_MAP)
    assert quoted
    assert quoted.group(1) == MACHINE_NAME.pattern


def test_no_line_lets_anybody_in_without_proof() -> None:
    """But enrolment, whose proof is the one-time code that it hands in."""
    for settings in (EMBEDDED, SITE, EMBEDDED.changed(owner_login="certificate")):
        lines = [line.split() for line in hba_lines(settings)]
        enrolment = ["hostssl", "desk", "desk_enrol", "all", "trust"]
        assert lines.count(enrolment) == 1
        assert lines.index(enrolment) < lines.index(["hostssl", "desk", "all", "all", "cert", "map=desk_machine"])
        for line in hba_lines(settings):
            if line.split() == enrolment:
                continue
            assert not re.search(r"\b(trust|password|md5|ident)\b", line)
            assert line.startswith(("hostssl", "local")) or line.endswith("reject")


def test_site_lines_stay_with_our_database() -> None:
    for settings in (SITE, SITE.changed(owner_login="certificate")):
        lines = [line.split() for line in hba_lines(settings)]
        ours = "+desk_query,desk_enrol"
        assert all(words[1] == "desk" for words in lines if words[2] != ours)
        machines = [words for words in lines if words[2] == ours]
        assert {words[0] for words in machines} == {"host", "local"}
        assert all(words[1] == "all" and words[-1] == "reject" for words in machines)


def test_the_owner_has_one_way_in() -> None:
    by_socket = "\n".join([*hba_lines(EMBEDDED), *ident_lines(EMBEDDED, ["root"])])
    assert "owner.local" not in by_socket
    certificate = EMBEDDED.changed(owner_login="certificate")
    by_certificate = "\n".join([*hba_lines(certificate), *ident_lines(certificate, ["root"])])
    assert "peer" not in by_certificate
    assert "root" not in by_certificate
    assert embedded_settings(certificate, "/s")["unix_socket_directories"] == ""


def test_other_computers_only_where_a_host_was_stated() -> None:
    assert embedded_settings(EMBEDDED, "/s")["listen_addresses"] == "localhost"
    assert embedded_settings(EMBEDDED.changed(hosts=("desk.example",)), "/s")["listen_addresses"] == "*"


def test_conf_values_are_quoted() -> None:
    assert conf_text({"a": "it's \\ x"}) == "a = 'it''s \\\\ x'\n"
