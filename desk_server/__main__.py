"""``python -m desk_server`` and the command ``desk-server``: errors become one sentence, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
import traceback
from pathlib import Path

from shared.errors import DeskError

UNFORESEEN = "This should not have happened"


def main() -> None:
    """Run the command line; the exit code is 0 done, 1 refused or failed, 2 wrong usage."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # libpq would take them for ours
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        from desk_server.cli import build_app

        build_app(sys.argv[1:])(prog_name="desk-server")
    except DeskError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Interrupted. The same command goes on from here.")
    except OSError as error:
        _fail(_sentence(error), error)
    except Exception as error:  # the last line of defence: a person gets a sentence, the log the rest
        _fail(_database_sentence(error) or f"{UNFORESEEN} ({type(error).__name__}).", error)


def _database_sentence(error: Exception) -> str | None:
    """What the database's refusal means; None where the error is not the database's."""
    if not _is_of_the_database(error):
        return None
    from shared.database import translate_error

    return str(translate_error(error))


def _is_of_the_database(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in ("psycopg2", "sqlalchemy")


def _sentence(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{place}. Free some space and run the same command again."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Permission was denied{place}."
    if error.errno == errno.EROFS:
        return f"The disk can't be written to{place}."
    if error.filename and error.strerror:
        return f"{error.filename} can't be used: {error.strerror}."
    return f"{UNFORESEEN}: {error.strerror or type(error).__name__}{place}."


def _fail(sentence: str, error: BaseException | None = None) -> None:
    if error is not None:
        log = _write_log(error)
        sentence += f" Details are in {log}." if log else ""
    print(sentence, file=sys.stderr)
    logging.shutdown()
    raise SystemExit(1)


def _write_log(error: BaseException) -> Path | None:
    """Keep the traceback where a maintainer finds it: in the data folder, else in the temporary folder."""
    import tempfile

    from desk_server.cli import stated_data_folder

    folder = stated_data_folder()
    with contextlib.suppress(OSError):
        if (folder / "desk.json").exists():
            file = folder / "desk-server-error.log"
            _write(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), error)
            return file
    with contextlib.suppress(OSError):
        # a name that nobody can foresee and put a link there
        descriptor, name = tempfile.mkstemp(prefix="desk-server-error-", suffix=".log")
        _write(descriptor, error)
        return Path(name)
    return None


def _write(descriptor: int, error: BaseException) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as log:
        log.write(_traceback(error) + "\n")


def _traceback(error: BaseException) -> str:
    """The tracebacks of an error and of what led to it. The database's own words may quote private values: left out."""
    told: list[str] = []
    current: BaseException | None = error
    while current is not None:
        words = f"SQLSTATE {getattr(current, 'pgcode', None)}" if _is_of_the_database(current) else str(current)
        steps = "".join(traceback.format_tb(current.__traceback__))
        told.insert(0, f"Traceback (most recent call last):\n{steps}{type(current).__name__}: {words}\n")
        current = current.__cause__ or current.__context__
    return "\n".join(told)


if __name__ == "__main__":
    main()
