"""The proxy does to a connection what it says, and nothing while it is open."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.proxy import Proxy

SILENCE = 0.2
PATIENCE = 15
BYTES = bytes(range(80))  # one after another they would take eight seconds


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        try:
            while data := self.request.recv(1000):
                self.server.heard += data
                self.request.sendall(data)
        except ConnectionError:
            pass
        finally:
            self.server.ended.set()


@pytest.fixture
def echo() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.ended, server.heard = threading.Event(), b""
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: socketserver.ThreadingTCPServer) -> Iterator[Proxy]:
    with Proxy(echo.server_address[1]) as made:
        yield made


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as made:
        assert said(made, b"hello") == b"hello"
        yield made


def said(client: socket.socket, data: bytes) -> bytes:
    client.sendall(data)
    return client.recv(1000)


def is_silent(client: socket.socket) -> bool:
    client.settimeout(SILENCE)
    try:
        return said(client, b"are you there?") is None
    except TimeoutError:
        return True
    finally:
        client.settimeout(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_latency_is_a_round_trip_and_does_not_add_up(proxy: Proxy, client: socket.socket) -> None:
    proxy.latency = 0.2
    began = time.monotonic()
    for byte in BYTES:
        client.sendall(bytes([byte]))
        time.sleep(0.01)  # each a piece of its own
    got = b""
    while len(got) < len(BYTES):
        got += client.recv(100)
    assert proxy.latency <= time.monotonic() - began < len(BYTES) * proxy.latency / 4


def test_a_cut_resets_and_new_ones_are_taken(proxy: Proxy, client: socket.socket) -> None:
    proxy.cut()
    with pytest.raises(ConnectionError):
        assert client.recv(1) == b"never"
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as again:
        assert said(again, b"x") == b"x"
    assert proxy.taken == 2


def test_a_refusal_takes_no_more_until_healed(proxy: Proxy, client: socket.socket) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionError):
        assert client.recv(1) == b"never"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), PATIENCE)
    proxy.heal()
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as again:
        assert said(again, b"x") == b"x"


def test_a_black_hole_swallows_old_and_new_ones(proxy: Proxy, client: socket.socket) -> None:
    proxy.black_hole()
    assert is_silent(client)
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as new:
        assert is_silent(new)
        wait_until(lambda: proxy.swallowed == 2)
        proxy.heal()
        for lost in (client, new):
            with pytest.raises(ConnectionError):
                assert lost.recv(1) == b"never"


def test_a_lost_answer_was_to_something_that_arrived(
    proxy: Proxy, client: socket.socket, echo: socketserver.ThreadingTCPServer
) -> None:
    proxy.lose_answers()
    assert is_silent(client)
    wait_until(lambda: echo.heard.endswith(b"are you there?"))
    wait_until(lambda: proxy.swallowed == 1)
    proxy.heal()
    with pytest.raises(ConnectionError):
        assert client.recv(1) == b"never"


def test_what_is_stalled_arrives_later(proxy: Proxy, client: socket.socket) -> None:
    proxy.stall()
    assert is_silent(client)
    proxy.heal()
    assert client.recv(1000) == b"are you there?"


def test_half_open_ends_at_the_server_alone(
    proxy: Proxy, client: socket.socket, echo: socketserver.ThreadingTCPServer
) -> None:
    proxy.half_open()
    assert echo.ended.wait(PATIENCE)
    assert is_silent(client)
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as new:
        assert said(new, b"x") == b"x"
    proxy.heal()
    with pytest.raises(ConnectionError):
        assert client.recv(1) == b"never"


def test_a_client_that_goes_is_forgotten(proxy: Proxy, client: socket.socket) -> None:
    client.close()
    wait_until(lambda: proxy.connections == 0)
