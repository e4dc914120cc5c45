"""Where faults of ours go: a log file with tracebacks in the profile folder, and a sentence to the person."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

LOG_BYTES = 1_000_000
LOG_FILES = 3
log = logging.getLogger("desk_client")


class CrashLog:
    """While entered: uncaught exceptions are logged and said, and a crash of the interpreter leaves its stack."""

    def __init__(self, folder: Path, say: Callable[[], None]) -> None:
        self._folder = folder
        self._say = say
        self._stack: Any = None
        self._handler: logging.Handler = logging.NullHandler()
        self._hooks = (sys.excepthook, threading.excepthook)

    def __enter__(self) -> CrashLog:
        try:
            self._handler = RotatingFileHandler(
                self._folder / "client.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
            )
            self._stack = (self._folder / "client.crash").open("a", encoding="utf-8")
            faulthandler.enable(self._stack)
        except OSError:
            self._stack = None  # a folder that can't be written: the client works all the same
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logging.getLogger().addHandler(self._handler)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        return self

    def __exit__(self, *_exception: object) -> None:
        sys.excepthook, threading.excepthook = self._hooks
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        if self._stack is not None:
            faulthandler.disable()
            self._stack.close()

    def _on_exception(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, traceback)
            return
        log.error("a fault of ours", exc_info=(kind, error, traceback))
        self._say()

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is not None:
            log.error("a fault of ours in a thread", exc_info=(arguments.exc_type, error, arguments.exc_traceback))
