"""Which encoding a log is written in.

A byte-order mark decides; then NUL bytes (UTF-16 without a mark), then UTF-8. What is left is GB18030 or
Windows-1252. GB18030 decodes much Western text without an error, so when both decode, charset-normalizer decides,
and where it cannot tell them apart a person is asked.

A few damaged bytes do not spoil a file: they become lone surrogates (``DAMAGED``), and the reader rejects their rows.
"""

from __future__ import annotations

import codecs
import itertools
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from shared.errors import UserError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = {"gb18030": "gb18030", "cp1252": "windows-1252"}  # Python's codec: the name we say
DOUBLE_BYTES = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
DAMAGED = re.compile("[\udc80-\udcff]")
WORST_DAMAGE = 0.1  # of what lies beyond ASCII
SAMPLE_BYTES = 200_000
SMALLEST_SAMPLE = 64  # charset-normalizer distrusts less than 32 bytes, loudly
CLEAR_LEAD = 0.05  # of charset-normalizer's "chaos", 0..1, between the two readings


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text without byte-order mark, and the encoding it was read in.

    ``is_damaged`` where some bytes had no meaning: the text then holds characters of ``DAMAGED``.
    """

    text: str
    encoding: str
    is_damaged: bool = False


class EncodingError(UserError):
    """The file's encoding is unknown, doubtful, or not the one that was stated."""


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of ``data``, in ``encoding`` where stated, else in the one found; EncodingError with a sentence."""
    if encoding:
        return _decode_as_stated(data, encoding)
    for mark, name in MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark) :], name), name)
    if b"\0" in data:
        return _decode_wide(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _with_damage(data, "utf-8", "utf-8") or _decode_narrow(data, error)


def _with_damage(data: bytes, codec: str, name: str) -> Decoded | None:
    """A reading in which nine in ten of the characters beyond ASCII are right, else None."""
    try:
        text = data.decode(codec, "surrogateescape")
    except UnicodeDecodeError:  # UTF-16: a half character is no byte to set aside
        return None
    beyond_ascii = sum(character > "\x7f" for character in text)
    if beyond_ascii == 0 or len(DAMAGED.findall(text)) > WORST_DAMAGE * beyond_ascii:
        return None
    return Decoded(text, name, is_damaged=True)


def readable(text: str) -> str:
    """A text with its damaged bytes written as \\xNN."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _decode_as_stated(data: bytes, encoding: str) -> Decoded:
    try:
        info = codecs.lookup(encoding)
    except LookupError:
        known = "utf-8, utf-16, gb18030 or cp1252"
        raise EncodingError(f"There is no encoding called {encoding!r}. Try {known}.") from None
    name = next((said for codec, said in CANDIDATES.items() if codec == info.name), info.name)
    for mark, marked in MARKS:  # a mark is not part of the text, whether or not the encoding's name says so
        if data.startswith(mark) and marked.startswith(info.name.removesuffix("-sig")):
            return _stated(data[len(mark) :], marked, marked)
    if info.name == "utf-16":  # no mark says which byte comes first; Python would take the machine's own order
        return _decode_wide(data)
    return _stated(data, info.name, name)


def _stated(data: bytes, codec: str, name: str) -> Decoded:
    try:
        return Decoded(_strict(data, codec), name)
    except EncodingError:
        damaged = _with_damage(data, codec, name) if codec in ("utf-8", *CANDIDATES) else None
        if damaged is None:
            raise
        return damaged


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EncodingError(
            f"The file is not {encoding}: line {line} holds bytes that have no meaning in it. "
            "State the right one with --encoding."
        ) from None
    except LookupError:  # base64, rot13 and the like decode no text
        raise EncodingError(f"{encoding!r} is not an encoding of texts.") from None
    if not isinstance(text, str):
        raise EncodingError(f"{encoding!r} is not an encoding of texts.")
    return text


def _decode_wide(data: bytes) -> Decoded:
    """UTF-16 without a mark: the order under which line ends, digits and commas lie in the ASCII range."""
    readings: dict[str, str] = {}
    for name in ("utf-16-le", "utf-16-be"):
        try:
            readings[name] = data.decode(name)
        except UnicodeDecodeError:
            continue
    ranked = sorted(readings, key=lambda name: _ascii_share(readings[name]), reverse=True)
    if ranked and _ascii_share(readings[ranked[0]]) > 0 and "\0" not in readings[ranked[0]]:
        return Decoded(readings[ranked[0]], ranked[0])
    try:  # NUL bytes inside of UTF-8: the reader rejects those rows alone
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        raise EncodingError(
            "The file holds NUL bytes but is no UTF-16 text: is it a text file at all? State --encoding."
        ) from None


def _ascii_share(text: str) -> float:
    sample = text[:SAMPLE_BYTES]
    return sum(character < "\x80" for character in sample) / max(1, len(sample))


def _decode_narrow(data: bytes, utf8_error: UnicodeDecodeError) -> Decoded:
    readings: dict[str, str] = {}
    for codec in CANDIDATES:
        try:
            readings[codec] = data.decode(codec)
        except UnicodeDecodeError:
            continue
    if not readings:
        line = data.count(b"\n", 0, utf8_error.start) + 1
        raise EncodingError(
            f"The file is neither UTF-8 (line {line} breaks it) nor GB18030 nor Windows-1252. State --encoding."
        )
    codec = next(iter(readings)) if len(readings) == 1 else _choose(data, readings)
    return Decoded(readings[codec], CANDIDATES[codec])


def _choose(data: bytes, readings: dict[str, str]) -> str:
    """What charset-normalizer takes the lines with non-ASCII bytes for; asks where it keeps both or neither."""
    lines = list(dict.fromkeys(line for line in data.splitlines() if not line.isascii()))
    sizes = itertools.accumulate(len(line) for line in lines)
    sample = b"\n".join(line for line, size in zip(lines, sizes, strict=True) if size <= SAMPLE_BYTES) or lines[0]
    tried = b"\n".join([sample] * (1 + SMALLEST_SAMPLE // len(sample)))
    found = from_bytes(tried, cp_isolation=list(readings), preemptive_behaviour=False, enable_fallback=False)
    chaos = {match.encoding: match.chaos for match in found if match.encoding in readings}
    ranked = sorted(chaos, key=lambda codec: chaos[codec])
    is_clear = len(ranked) == 1 or (len(ranked) == 2 and chaos[ranked[1]] - chaos[ranked[0]] >= CLEAR_LEAD)
    if is_clear and (ranked[0] != "gb18030" or _looks_chinese(sample)):
        return ranked[0]
    raise EncodingError(_both_readings(lines[0], readings))


def _looks_chinese(sample: bytes) -> bool:
    """Two thirds of the characters are pairs of high bytes, as in GB 2312; "°C" or "Mü" is a high byte and a letter."""
    pairs: list[bytes] = DOUBLE_BYTES.findall(sample)
    return 3 * sum(pair[1] >= 0xA1 for pair in pairs) >= 2 * len(pairs)


def _both_readings(line: bytes, readings: dict[str, str]) -> str:
    shown = [f"  --encoding {codec}: {line.decode(codec, errors='replace')[:120]}" for codec in readings]
    return "\n".join(["Two encodings fit the file equally well. Say which of these lines reads right:", *shown])
