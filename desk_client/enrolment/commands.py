"""``desk-client enrol``, ``dsn`` and ``renew``: for a shell, with no display needed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shared.config import Profile
from shared.domain.enrolment import EnrolmentCode, server_text
from shared.errors import DeskError
from shared.key_store import PASSWORD_FILE

_STEPS = {
    "server": "Looking at the server ...",
    "key": "It is the desk's own. Handing the code in ...",
    "signing": "The code is taken. Waiting for the certificate ...",
    "login": "Logging in for the first time ...",
}
_WARNING = "Warning: this holds the password of the machine's key. Whoever has it and the key's file is this machine."


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The commands, with ``run`` as what each does."""
    commands = parser.add_subparsers(title="instead of opening the client", metavar="COMMAND")
    enrol = commands.add_parser("enrol", help="enrol this computer by a one-time code")
    enrol.add_argument("code", nargs="+", metavar="CODE", help="the code; - reads it from standard input")
    enrol.add_argument(
        "--server",
        metavar="HOST:PORT",
        help="where the server is, where the code does not say it right; without a port, that of the code",
    )
    enrol.set_defaults(run=enrol_command)
    dsn = commands.add_parser("dsn", help="print a connection string for psql, Excel and other programs")
    dsn.add_argument("--with-secret", action="store_true", help="with the password of the machine's key")
    dsn.set_defaults(run=dsn_command)
    renew = commands.add_parser(
        "renew", help="renew this machine's certificate if it is time; for a scheduled task where no client runs"
    )
    renew.set_defaults(run=renew_command)
    for command in (enrol, dsn, renew):
        command.add_argument(
            "--profile", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="the machine's profile"
        )


def enrol_command(options: argparse.Namespace) -> int:
    """Enrol this computer; 0 when it is done, 1 with the reason when not."""
    from shared.enrolment import Enrolment  # with all that talks to a database: a start of the window shows first

    text = "".join(options.code)
    try:
        code = EnrolmentCode.parse(sys.stdin.read() if text == "-" else text, options.server)
        print(f"Enrolling {code.machine} at {server_text(code.host, code.port)}.", flush=True)
        done = Enrolment(code, options.profile, on_step=lambda step: print(_STEPS[step], flush=True)).run()
    except DeskError as error:
        return _refuse(error)
    print(f"This computer is enrolled as {code.machine}. Its profile is in {done.profile.directory}.")
    if not done.is_in_key_store:
        print(
            "This system has no key store that can be used: the password of the machine's key lies beside it, "
            f"in {PASSWORD_FILE}, for you alone to read."
        )
    return 0


def dsn_command(options: argparse.Namespace) -> int:
    """Print how another program gets in by this machine's certificate."""
    try:
        profile = Profile.load(options.profile)
        line = profile.dsn(with_secret=options.with_secret)
    except DeskError as error:
        return _refuse(error)
    if options.with_secret:
        sys.stderr.write(f"{_WARNING}\n")
    elif profile.kept_password().place != "none":
        sys.stderr.write("The machine's key is encrypted; its password comes with --with-secret.\n")
    print(line)
    return 0


def renew_command(options: argparse.Namespace) -> int:
    """Renew if it is time; 0 also when it is too early, 1 with the reason when it did not work."""
    from shared.renewal import RenewalState, renew_now

    try:
        machine = Profile.load(options.profile).machine
        renewal = renew_now(options.profile)
    except DeskError as error:
        return _refuse(error)
    day = f"{renewal.ends.astimezone():%Y-%m-%d}"
    if renewal.state is RenewalState.REFUSED:
        return _refuse(
            DeskError(f"The desk refused to sign a new certificate for {machine}; the present one is good until {day}.")
        )
    if renewal.state is RenewalState.EARLY:
        print(f"It is too early to renew: the certificate of {machine} is good until {day}.")
    else:
        print(f"The certificate of {machine} is renewed; it is good until {day}.")
    return 0


def _refuse(error: DeskError) -> int:
    sys.stderr.write(f"{error}\n")
    return 1
