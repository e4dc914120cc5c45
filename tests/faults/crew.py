"""The parent's side of the worker processes: hire them, send them to work, stop and kill them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # seconds for an answer, on a loaded machine


class WorkerError(Exception):
    """A worker's task was refused: ``kind`` is the class of ``shared.errors``, ``sentence`` what a person reads.

    ``row`` is the one that AlreadySavedError names.
    """

    def __init__(self, kind: str, sentence: str, row: int | None) -> None:
        super().__init__(f"{kind}: {sentence}")
        self.kind, self.sentence, self.row = kind, sentence, row


class WorkerGoneError(Exception):
    """The worker process has ended."""


@dataclass(frozen=True)
class Outcome:
    """What became of a task: "done" or the kind of its refusal."""

    word: str
    result: Any
    sentence: str = ""


class Hand:
    """One worker process."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel, self._heard, self._is_gone = channel, b"", False
        self.pid = int(self.hear()["pid"])

    def start(self, task: str, *, stops: Sequence[str] = (), **arguments: Any) -> None:
        """Send it to work; it waits at each step that ``stops`` names."""
        self._send({"task": task, "stops": list(stops), **arguments})

    def go_on(self) -> None:
        """From a step where it waits; or, to a task that goes on until it is called off: enough."""
        self._send({})

    def ask_to_be_told(self, step: str) -> None:
        """Of the next time a task comes there that goes on until it is called off; ``wait_for_step`` waits for it."""
        self._send({"tell": step})
        self.wait_for_step(f"will tell: {step}")

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next thing it says."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._heard:
            if not select.select([self._channel], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"worker {self.pid} says nothing for {seconds} s")
            piece = self._receive()
            if not piece:
                self._is_gone = True
                raise WorkerGoneError
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def has_said(self) -> bool:
        """Whether ``hear`` would answer at once."""
        return b"\n" in self._heard or bool(select.select([self._channel], [], [], 0)[0])

    def wait_for_step(self, step: str, seconds: float = PATIENCE) -> None:
        message = self.hear(seconds)
        assert message == {"step": step}, message

    def result(self, seconds: float = PATIENCE) -> Any:
        """What its task came to; WorkerError where that was refused."""
        message = self.hear(seconds)
        if "failed" in message:
            raise WorkerError(message["failed"], message["sentence"], message["row"])
        assert "done" in message, message.get("crashed", message)
        return message["done"]

    def outcome(self, seconds: float = PATIENCE) -> Outcome:
        """As ``result``, with a refusal for an answer."""
        try:
            return Outcome("done", self.result(seconds))
        except WorkerError as error:
            return Outcome(error.kind, error.row, error.sentence)

    def call(self, task: str, **arguments: Any) -> Any:
        """Send it to work and wait for the result."""
        self.start(task, **arguments)
        return self.result()

    def kill(self) -> None:
        """kill -9, and wait until the process is gone."""
        self._signal(signal.SIGKILL)
        with contextlib.suppress(WorkerGoneError):
            while True:
                self.hear()
        with contextlib.suppress(ProcessLookupError):
            while True:  # its channel ends before its locks do
                os.kill(self.pid, 0)
                time.sleep(0.001)

    def freeze(self) -> None:
        """SIGSTOP: as a laptop that is closed."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """End it, whatever it does."""
        self._signal(signal.SIGKILL)
        self._channel.close()

    def _send(self, message: dict[str, Any]) -> None:
        self._channel.sendall((json.dumps(message) + "\n").encode())

    def _receive(self) -> bytes:
        try:
            return self._channel.recv(65536)
        except ConnectionError:
            return b""

    def _signal(self, number: int) -> None:
        if not self._is_gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Crew:
    """All workers of one run; a context manager that leaves none behind."""

    def __init__(self) -> None:
        self._gate, theirs = socket.socketpair()
        self._loader = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], cwd=ROOT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        self._hands: list[Hand] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()
        self._gate.close()
        self._loader.wait(30)

    def hire(self) -> Hand:
        """One more worker."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self._gate, [b"w"], [theirs.fileno()])
        theirs.close()
        hand = Hand(ours)
        self._hands.append(hand)
        return hand

    def dismiss(self) -> None:
        """End all that work."""
        while self._hands:
            self._hands.pop().close()
