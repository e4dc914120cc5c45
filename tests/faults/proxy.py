"""A way to a server that can be slow, cut, silent, half open or shut: a TCP proxy on a thread of its own.

    with Proxy(port_of_the_server) as proxy:
        profile.model_copy(update={"port": proxy.port}).save()
        proxy.latency = 0.2     # seconds a round trip, half each way
        proxy.black_hole()      # connections stay, new ones are taken, nothing arrives
        proxy.heal()

The proxy's own kernel acknowledges what it swallows and answers keepalives: only who expects an answer in time notices.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable
from enum import Enum
from typing import Self

CHUNK = 1 << 16
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Way(Enum):
    """What becomes of the bytes."""

    OPEN = "open"
    STALLED = "stalled"  # they wait, and arrive after `heal`: a short loss of the network
    BLACK_HOLE = "black hole"  # they are lost
    ANSWERS_LOST = "answers lost"  # those from the server are lost


class _Link:
    """One connection: two sockets and a pump for each direction."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self.proxy, self.client = proxy, client
        self.server: asyncio.StreamWriter | None = None
        self.has_lost = False  # bytes of it were swallowed: it can't go on
        self.is_half_open = False

    @property
    def is_silent(self) -> bool:
        return self.is_half_open or self.has_lost or self.proxy.way is Way.BLACK_HOLE

    async def pump(self, source: asyncio.StreamReader, to_server: bool) -> None:
        """Read without delay, hand on each chunk when it is due."""
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        handing_on = loop.create_task(self._hand_on(due, to_server))
        try:
            data = b"-"
            while data:
                with contextlib.suppress(ConnectionError):
                    data = b""
                    data = await source.read(CHUNK)
                due.put_nowait((loop.time() + self.proxy.latency / 2, data))
            await handing_on
        finally:
            handing_on.cancel()

    async def _hand_on(self, due: asyncio.Queue[tuple[float, bytes]], to_server: bool) -> None:
        loop = asyncio.get_running_loop()
        while True:
            at, data = await due.get()
            await asyncio.sleep(max(at - loop.time(), 0))
            while self.proxy.way is Way.STALLED:
                await self.proxy.changed()
            out = self.server if to_server else self.client
            if self.is_silent or (self.proxy.way is Way.ANSWERS_LOST and not to_server):
                self.has_lost = True
                self.proxy.swallowed += bool(data)
            elif data and out is not None:
                with contextlib.suppress(ConnectionError):
                    out.write(data)
                    await out.drain()
            elif out is not None and out.can_write_eof() and not out.is_closing():
                with contextlib.suppress(OSError):
                    out.write_eof()
            if not data:
                return

    def reset(self, *, server_only: bool = False) -> None:
        for writer in (self.server, None if server_only else self.client):
            if writer is not None and not writer.is_closing():
                own = writer.get_extra_info("socket")
                with contextlib.suppress(OSError):
                    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()


class Proxy:
    """Between clients and one server. Everything may be called from any thread, and has happened when it returns."""

    def __init__(self, target: int, latency: float = 0.0) -> None:
        self.latency = latency
        self.way = Way.OPEN
        self.port = 0
        self.taken = 0  # connections in all
        self.swallowed = 0  # pieces that were lost, in all
        self._target = target
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Server | None = None
        self._is_shut = False
        self._keeper = _kept_port() if sys.platform == "linux" else None
        self._changed: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._keeper is not None:
            self._keeper.close()

    # -- faults ------------------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        self._do(self._reset_all)

    def refuse(self) -> None:
        """Reset every connection and take no more."""
        self._do(self._close_door)
        self.cut()

    def black_hole(self) -> None:
        """Swallow all bytes, also those of new connections."""
        self._set_way(Way.BLACK_HOLE)

    def lose_answers(self) -> None:
        """Swallow what the server says: what is sent arrives, and is done."""
        self._set_way(Way.ANSWERS_LOST)

    def stall(self) -> None:
        """Hold all bytes back until ``heal``."""
        self._set_way(Way.STALLED)

    def half_open(self) -> None:
        """The server loses every connection there is, and no client is told; new ones work."""

        async def act() -> None:
            for link in self._links:
                link.is_half_open = True
                link.reset(server_only=True)

        self._do(act)

    def heal(self) -> None:
        """Let all through again; connections that lost bytes or one end are reset."""
        self._set_way(Way.OPEN)

        async def act() -> None:
            for link in self._links:
                if link.has_lost or link.is_half_open:
                    link.reset()

        self._do(act)
        self._do(self._listen)

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._links)

    # -- on the proxy's thread -----------------------------------------------------------------------------------------

    async def changed(self) -> None:
        """Wait for another way."""
        if self._changed is None:
            self._changed = asyncio.Event()
        await self._changed.wait()

    def _set_way(self, way: Way) -> None:
        async def act() -> None:
            self.way = way
            if self._changed is not None:
                self._changed.set()
                self._changed = None

        self._do(act)

    def _do(self, act: Callable[[], object]) -> None:
        asyncio.run_coroutine_threadsafe(act(), self._loop).result(30)

    async def _listen(self) -> None:
        if self._listening is None:
            self._is_shut = False
            port = self._keeper.getsockname()[1] if self._keeper is not None else self.port
            self._listening = await asyncio.start_server(self._serve, "127.0.0.1", port)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def _close_door(self) -> None:
        self._is_shut = True
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    async def _reset_all(self) -> None:
        for link in self._links:
            link.reset()

    async def _end(self) -> None:
        self.way, self.latency = Way.OPEN, 0.0
        if self._changed is not None:
            self._changed.set()
        await self._close_door()
        await self._reset_all()
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            _, left = await asyncio.wait(left, timeout=5)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self, writer)
        if self._is_shut:  # it came through the door the moment before
            link.reset()
            return
        self._links.add(link)
        self.taken += 1
        try:
            from_server, link.server = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(link.pump(reader, to_server=True))
                pumps.create_task(link.pump(from_server, to_server=False))
        except (OSError, asyncio.CancelledError):
            link.reset()  # nobody listens there, or the proxy ends
        finally:
            self._links.discard(link)
            for end in (link.server, writer):
                if end is not None:
                    end.close()


def _kept_port() -> socket.socket:
    """Has a port without listening at it: while the door is shut nobody else on this computer is given that one."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept
