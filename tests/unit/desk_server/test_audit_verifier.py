"""The encoding, to the byte, and what the verifier makes of a clock that was set."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from desk_server.audit.encoding import NO_BLOCK, Block, content_hash, entry_hash
from desk_server.audit.sealing import IdRange, _closed, _replaced
from desk_server.audit.verify import AuditBrokenError, AuditTimeError, Sealed, Verifier

HOUR = 3_600 * 1_000_000
NOON = 1_800_000_000 * 1_000_000


def entry(number: int, at: int) -> tuple[Any, ...]:
    return (number, at, "pc-full", None, "0.1.0", "update", "ticket", "7", '{"subject": [null, "菜单"]}', None)


def test_an_entry_s_bytes_are_as_the_page_says() -> None:
    expected = b"desk audit entry 1"
    for field in (b"12", b"1800000000000000", b"pc-full", None, b"0.1.0", b"update", b"ticket", b"7"):
        expected += b"\xff\xff\xff\xff" if field is None else len(field).to_bytes(4, "big") + field
    changes = '{"subject": [null, "菜单"]}'.encode()
    expected += len(changes).to_bytes(4, "big") + changes + b"\xff\xff\xff\xff"
    assert entry_hash(entry(12, NOON)) == hashlib.sha256(expected).digest()


def test_where_a_field_ends_is_part_of_the_hash() -> None:
    one, other = list(entry(1, NOON)), list(entry(1, NOON))
    one[6:8], other[6:8] = ("ticket", "17"), ("ticket1", "7")
    assert entry_hash(tuple(one)) != entry_hash(tuple(other))
    empty = list(entry(1, NOON))
    empty[3] = ""
    assert entry_hash(tuple(empty)) != entry_hash(entry(1, NOON))


class Chain:
    """Blocks made by hand, taken by a verifier."""

    def __init__(self) -> None:
        self.verifier = Verifier()
        self._last = Block(0, 0, 0, 0, 0, b"", b"", NO_BLOCK)

    def add(self, sealed_at: int, horizon: int, closed: int, *entries: tuple[int, int]) -> None:
        rows = [entry(*given) for given in entries]
        hashes = [entry_hash(row) for row in rows]
        last = self._last
        block = Block(last.id + 1, sealed_at, len(rows), horizon, closed, content_hash(hashes), last.hash)
        self._last = block = replace(block, hash=block.computed_hash())
        seals = [
            Sealed(row, row[0], block.id, place, digest, None, None)
            for place, (row, digest) in enumerate(zip(rows, hashes, strict=True), 1)
        ]
        self.verifier.take(block, seals)


def test_a_long_transaction_over_a_clock_that_was_set_back_is_no_forgery() -> None:
    """Block 1 is an hour ahead. Entry 2 is made once the clock is right, and shows an hour after block 2."""
    chain = Chain()
    chain.add(NOON + HOUR, 1, 1, (1, NOON + HOUR))
    chain.add(NOON, 3, 1, (3, NOON))
    chain.add(NOON + HOUR, 3, 3, (2, NOON))
    assert chain.verifier.result.entries == 3


def test_the_same_with_a_right_clock_is_a_forgery() -> None:
    chain = Chain()
    chain.add(NOON, 1, 1, (1, NOON))
    chain.add(NOON + HOUR, 3, 1, (3, NOON + HOUR))
    chain.add(NOON + HOUR, 3, 3, (2, NOON - HOUR))
    with pytest.raises(AuditTimeError, match="Entry 2 is dated"):
        chain.verifier.check_times()


def test_a_clock_error_is_told_and_hides_nothing_that_comes_after_it() -> None:
    """Entry 1 was made while the clock was two hours ahead and nothing sealed it."""
    chain = Chain()
    chain.add(NOON, 1, 1, (1, NOON + 2 * HOUR))
    chain.add(NOON + HOUR, 2, 2, (2, NOON + HOUR))
    with pytest.raises(AuditTimeError, match=r"1 of its entries .* Entry 1 is dated .* --known-times-to 1$"):
        chain.verifier.check_times()
    chain.verifier.check_times(known_to=1)
    chain.add(NOON + 2 * HOUR, 3, 3, (3, NOON))
    with pytest.raises(AuditTimeError, match=r"2 of its entries .* Entry 3 is dated .* --known-times-to 3$"):
        chain.verifier.check_times(known_to=1)
    with pytest.raises(AuditBrokenError, match="Entry 2 was inserted into the past"):
        chain.add(NOON + 3 * HOUR, 4, 4, (2, NOON + 3 * HOUR))


@pytest.mark.parametrize("closed", [5, 0])
def test_ids_do_not_go_back(closed: int) -> None:
    chain = Chain()
    chain.add(NOON, 4, 1)
    with pytest.raises(AuditBrokenError, match="Block 2 contradicts block 1"):
        chain.add(NOON, 4, closed)


def test_ranges_are_joined_cut_and_closed() -> None:
    slow, quick, none = frozenset({1}), frozenset({1, 2}), frozenset[int]()
    ranges = _replaced([], IdRange(1, 10, slow))
    ranges = _replaced(ranges, IdRange(11, 20, quick))
    assert _closed(ranges) == 0
    assert _replaced(ranges, IdRange(11, 20, slow)) == [IdRange(1, 20, slow)]
    part = _replaced(ranges, IdRange(11, 15, slow))
    assert part == [IdRange(1, 15, slow), IdRange(16, 20, quick)]
    middle = _replaced([IdRange(1, 20, slow)], IdRange(5, 10, none))
    assert middle == [IdRange(1, 4, slow), IdRange(5, 10, none), IdRange(11, 20, slow)]
    assert _closed(_replaced(middle, IdRange(1, 4, none))) == 10
    assert _closed([IdRange(1, 20, none)]) == 20
