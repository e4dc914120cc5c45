#!/usr/bin/env python3
"""Set SupportDesk up in this folder and open it on a demo desk: `python3 run.py`, and `python3 run.py -h` for the rest.

It makes .venv (the locked packages) and .desk (a demo server with its data, and one profile a level). Each step is
done once, is safe to interrupt, and is made good by the next start. The steps are in scripts/launch, one file each;
they need nothing but Python.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from scripts.launch import checks, demo_desk, packages, system_parts
from scripts.launch.files import ROOT, fail


def main() -> int:
    """Parse the command line and do what it says; the exit code."""
    arguments = parse_arguments()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return fail(f"SupportDesk needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")
    try:
        return do(arguments)
    except subprocess.CalledProcessError as error:
        step = " ".join(map(str, error.cmd))
        return fail(f"This step failed: {step}\nIts reason stands above. Start again: it goes on from there.")
    except OSError as error:
        return fail(f"{error.strerror or error}: {error.filename or ROOT}")
    except KeyboardInterrupt:
        return fail("Interrupted. Start again: it goes on from there.")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Set SupportDesk up in this folder and open it on a demo desk.")
    parser.add_argument(
        "--level", choices=demo_desk.LEVELS, default="full", help="what this machine may do (default: full)"
    )
    commands = parser.add_subparsers(dest="command", title="instead of opening the client")
    tour = commands.add_parser("tour", help="run the client offscreen through its main job and keep pictures of it")
    tour.add_argument("folder", type=Path, metavar="DIR")
    tour.add_argument("--lang", choices=("en", "zh_CN"), default="en")
    commands.add_parser("test", help="everything that must pass; what CI runs")
    server = commands.add_parser("server", add_help=False, help="desk-server on the demo desk, e.g. 'server status'")
    server.add_argument("words", nargs=argparse.REMAINDER, metavar="...")
    commands.add_parser("stop", help="stop the demo server")
    if sys.argv[1:2] == ["server"]:  # all words after it are desk-server's: argparse would take --help for its own
        return argparse.Namespace(command="server", words=sys.argv[2:])
    return parser.parse_args()


def do(arguments: argparse.Namespace) -> int:
    """Set up what the command needs, then run it."""
    if not system_parts.ensure_parts():
        return 1
    packages.ensure_packages()
    packages.ensure_translations()
    if arguments.command == "test":
        return checks.run_checks()
    if arguments.command == "server":
        return demo_desk.desk_server(*arguments.words, check=False)
    if arguments.command == "stop":
        return demo_desk.desk_server("stop", check=False)
    demo_desk.ensure_demo_desk()
    if arguments.command == "tour":
        return demo_desk.run_tour(arguments.folder.absolute(), arguments.lang)
    if not system_parts.has_display():
        print(
            "There is no display here, so the client runs offscreen through its main job: "
            "the tour of a machine of each level, whatever --level says. Each tour logs one ticket.",
            flush=True,
        )
        return demo_desk.run_tour(demo_desk.DESK / "tour", "en")
    return demo_desk.run_client(arguments.level)


if __name__ == "__main__":
    sys.exit(main())
