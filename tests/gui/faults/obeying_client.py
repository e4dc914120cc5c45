"""A client process that types, and then does what it is told: ``python -m ... PROFILE TICKET WORDS``.

Says ``typed`` once its text is on the disk and the row is its own. A line ``save`` on its standard input: it saves, and
tells as ``{json}`` what the person before it sees when that is over. A line ``lose the disk``: from now on drafts can't
be written; what is there stays. A line ``stop before the commit``: the save says so there, and waits for ``go on``.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.gui.drafts.typing_client import Typist, until


def seen(pane: Any) -> dict[str, Any]:
    """What stands before the person."""
    return {
        "subject": pane.form.fields.frames["subject"].editor.text(),
        "comment": pane.comment_box.editor.toPlainText(),
        "locked": pane.form.fields.frames["subject"].editor.isReadOnly(),
        "said": pane.lease_banner.text(),
        "dirty": pane.is_dirty(),
        "kept": pane.drafting.kept_at is not None,
    }


def lose_the_disk(typist: Typist) -> None:
    """It is full, say."""

    def fail(_waiting: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    typist.app.drafts._journal._store.write = fail
    print("lost", flush=True)


def stop_before_the_commit(goes_on: threading.Event) -> None:
    def stop(_connection: object) -> None:
        print("before the commit", flush=True)
        goes_on.wait()

    event.listen(Engine, "commit", stop, once=True)


def hear(orders: queue.Queue[str], goes_on: threading.Event) -> None:
    for line in sys.stdin:
        if line.strip() == "go on":
            goes_on.set()
        else:
            orders.put(line.strip())


def main(folder: str, ticket: str, words: str) -> None:
    """Type into the subject and the comment; then listen."""
    typist = Typist(Path(folder), QApplication([sys.argv[0]]))
    pane = typist.open(int(ticket))
    typist.type(pane.comment_box.editor, words)
    typist.type(typist.field(pane, "subject"), words)
    until(lambda: pane.controller.lease.is_held, "the row is ours")
    until(pane.drafting.is_kept, "the draft is on the disk, to the last letter")
    print("typed", flush=True)
    orders, goes_on = queue.Queue[str](), threading.Event()
    threading.Thread(target=hear, args=(orders, goes_on), daemon=True).start()
    while True:
        until(lambda: not orders.empty(), "an order comes")
        order = orders.get()
        if order == "lose the disk":
            lose_the_disk(typist)
            continue
        if order == "stop before the commit":
            stop_before_the_commit(goes_on)
            continue
        pane.save()
        until(lambda: not pane.editing.is_saving and (not pane.is_dirty() or seen(pane)["locked"]), "the save is over")
        typist.settle()
        print(json.dumps(seen(pane)), flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)  # the client's threads would hold the process
