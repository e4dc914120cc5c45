"""From a file to rows: encoding, delimiter, heading, and each row with its fault or its values.

What can't be read becomes a ``Reject`` with the physical line where the row begins and the row's own text; nothing
is dropped. Blank lines are no rows. A row may be longer than the heading by empty cells only.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desk_server.importing.encoding import DAMAGED, decode, readable
from desk_server.importing.fields import FIELDS, LONGEST_NAME, ImportField
from desk_server.importing.mapping import LogMap
from desk_server.importing.times import TimeReader
from shared.errors import UserError

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t", "|")
LARGEST_CELL = 2**31 - 1
SHOWN_COLUMNS = 60
_SPREADSHEET = "a spreadsheet; save it as CSV (UTF-8) and import that"
NOT_TEXT = {
    b"PK\x03\x04": _SPREADSHEET.replace("spreadsheet", "spreadsheet or an archive"),  # xlsx, ods; zip
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _SPREADSHEET,  # xls
    b"\x00\x01\x00\x00Standard ": "an Access database; export the table as CSV (UTF-8) and import that",
    b"SQLite format 3\x00": "an SQLite database; export the table as CSV (UTF-8) and import that",
    b"\x1f\x8b": "a compressed file; unpack it and import what is in it",
}


class LogError(UserError):
    """The file can't be imported at all."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event as the log states it. ``values`` stand in the order of ``LogReading.fields``."""

    line: int
    ticket: str
    at: datetime
    event: str
    by: str | None
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be read, whole."""

    line: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class LogReading:
    """All of a file. ``fields`` are the desk fields that have a column."""

    encoding: str
    delimiter: str
    fields: tuple[str, ...]
    rows: tuple[LogRow, ...]
    rejects: tuple[Reject, ...]

    @property
    def row_count(self) -> int:
        """Rows of the file, rejected ones included."""
        return len(self.rows) + len(self.rejects)


@dataclass(frozen=True, slots=True)
class Record:
    """Cells of one row. ``is_open`` where a quote was never closed: ``text`` is then the first line alone."""

    line: int
    cells: list[str]
    text: str
    is_open: bool = False


def read_log(path: Path, log_map: LogMap, *, encoding: str | None = None, now: datetime | None = None) -> LogReading:
    """Read a whole log. ``now`` is the latest time that an event may have."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LogError(f"The log {path} can't be read: {error.strerror or error}.") from None
    _check_is_text(data, path)
    decoded = decode(data, encoding or log_map.log.encoding)
    lines = io.StringIO(decoded.text, newline="").readlines()
    first = _heading_line(lines)
    delimiter, lines = _delimiter(lines, first, log_map)
    records = read_records(lines, delimiter, log_map.log.quote)
    heading = column_names(next((record.cells for record in records if record.cells), []))
    if not heading:
        raise LogError(f"The log {path} is empty: it has no heading.")
    _check_columns(log_map, heading, delimiter)
    judge = RowJudge(log_map, heading, now or datetime.now(UTC), decoded.encoding)
    rows: list[LogRow] = []
    rejects: list[Reject] = []
    for record in records:
        if record.cells or record.is_open:
            outcome = judge.read(record)
            (rows if isinstance(outcome, LogRow) else rejects).append(outcome)  # type: ignore[arg-type] # each its kind
    return LogReading(decoded.encoding, delimiter, tuple(judge.fields), tuple(rows), tuple(rejects))


def _check_is_text(data: bytes, path: Path) -> None:
    """Refuse what people hand over in place of a CSV, by how such files begin."""
    for beginning, kind in NOT_TEXT.items():
        if data.startswith(beginning):
            raise LogError(f"The log {path} is {kind}.")


def _heading_line(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _delimiter(lines: list[str], first: int, log_map: LogMap) -> tuple[str, list[str]]:
    """The stated delimiter, or the one under which most mapped columns exist; Excel's ``sep=;`` line is obeyed."""
    stated = log_map.log.delimiter
    if first < len(lines) and (mark := lines[first].strip("\r\n\ufeff")).lower().startswith("sep=") and len(mark) == 5:
        stated = stated or mark[4]
        lines = ["\n"] * (first + 1) + lines[first + 1 :]
    if stated:
        return stated, lines
    wanted = set(log_map.columns.values())

    def score(delimiter: str) -> tuple[int, int]:
        cells = next((record.cells for record in read_records(lines, delimiter, log_map.log.quote) if record.cells), [])
        return len(wanted & set(column_names(cells))), len(cells)

    return max(DELIMITERS, key=score), lines


def read_records(lines: list[str], delimiter: str, quote: str = '"') -> Iterator[Record]:
    """Every record with its first physical line (from 1). A quote left open spoils its own line only."""
    csv.field_size_limit(LARGEST_CELL)
    start, width = 0, 0
    while start < len(lines):
        reader = _csv_reader(lines[start:] if start else lines, delimiter, quote)
        begin = start
        for cells in reader:
            end = start + reader.line_num
            if end - begin > 1 and _left_open(lines[begin:end], end == len(lines), delimiter, quote, width):
                yield Record(begin + 1, [], lines[begin], is_open=True)
                start = begin + 1
                break
            width = width or len(cells)
            yield Record(begin + 1, cells, "".join(lines[begin:end]))
            begin = end
        else:
            return


def _csv_reader(lines: list[str], delimiter: str, quote: str, *, strict: bool = False) -> Reader:
    if not quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=strict)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=strict)


def _left_open(lines: list[str], at_end: bool, delimiter: str, quote: str, width: int) -> bool:
    """Whether a record of several lines is really one with a quote that nobody closed.

    Either the file ended inside of the quotes; or something is wrong with the record (its number of cells, or a
    quote closed in the middle of a cell) although its second line alone is a good one.
    """
    fault = ""
    try:
        next(_csv_reader(lines, delimiter, quote, strict=True))
    except csv.Error as error:
        fault = str(error)
    if at_end and "unexpected end of data" in fault:
        return True
    if not fault and len(next(_csv_reader(lines, delimiter, quote))) == width:
        return False
    return bool(width) and len(next(_csv_reader(lines[1:2], delimiter, quote))) == width


def column_names(cells: list[str]) -> list[str]:
    """Column names as a map says them: the second of two equal names is "Variant#2"."""
    names: list[str] = []
    for cell in cells:
        name, count = cell.strip(), 1
        while (candidate := name if count == 1 else f"{name}#{count}") in names:
            count += 1
        names.append(candidate)
    return names


def _check_columns(log_map: LogMap, heading: list[str], delimiter: str) -> None:
    missing = {key: column for key, column in log_map.columns.items() if column not in heading}
    if not missing:
        return
    there = ", ".join(heading[:SHOWN_COLUMNS]) + (" ..." if len(heading) > SHOWN_COLUMNS else "")
    sentences = []
    for key, column in missing.items():
        close = difflib.get_close_matches(column, heading, n=1)
        sentences.append(f"{key} = {column!r}" + (f" (did you mean {close[0]!r}?)" if close else ""))
    raise LogError(
        f"The log has no such column: {'; '.join(sentences)}. With delimiter {delimiter!r} its columns are: {there}."
    )


class RowJudge:
    """Turns records into rows or rejects, by one map and one heading."""

    def __init__(self, log_map: LogMap, heading: list[str], now: datetime, encoding: str = "utf-8") -> None:
        self.fields = [field for field in log_map.fields if field in log_map.ticket]
        self._specs: list[ImportField | None] = [FIELDS.get(field) for field in self.fields]
        self._columns = [heading.index(log_map.ticket[field]) for field in self.fields]
        self._ticket = heading.index(log_map.log.ticket)
        self._event = heading.index(log_map.log.event)
        self._at = heading.index(log_map.log.at)
        self._by = heading.index(log_map.log.by) if log_map.log.by else None
        self._width = len(heading)
        self._null = {null.strip() for null in log_map.log.null} | {""}
        self._times = TimeReader(log_map.log.time_format, log_map.log.time_zone)
        self._now = now
        self._encoding = encoding

    def read(self, record: Record) -> LogRow | Reject:
        """The row, or why there is none."""
        try:
            return self._row(record)
        except ValueError as error:
            return Reject(record.line, readable(str(error)), readable(record.text.rstrip("\r\n")))

    def _row(self, record: Record) -> LogRow:
        cells = self._cells(record)
        ticket = self._value(cells[self._ticket])
        if ticket is None:
            raise ValueError("the ticket's name is empty")
        if self._value(cells[self._at]) is None:
            raise ValueError("the time is empty")
        at = self._times.read(cells[self._at])
        if at > self._now:
            raise ValueError(f"the time {cells[self._at]!r} lies in the future")
        values = tuple(self._value(cells[column]) for column in self._columns)
        for spec, value in zip(self._specs, values, strict=True):
            if spec and value is not None and (fault := spec.fault(value, self._times)):
                raise ValueError(fault)
        by = None if self._by is None else self._value(cells[self._by])
        for name, value in (("the ticket's name", ticket), ("the person's name", by)):
            if value and len(value) > LONGEST_NAME:
                raise ValueError(f"{name} is longer than {LONGEST_NAME} characters")
        return LogRow(record.line, ticket, at, self._value(cells[self._event]) or "", by, values)

    def _cells(self, record: Record) -> list[str]:
        if record.is_open:
            raise ValueError("a quote is opened and never closed")
        cells = [cell.strip() for cell in record.cells]
        while len(cells) > self._width and not cells[-1]:
            cells.pop()
        if len(cells) != self._width:
            more = "more" if len(cells) > self._width else "fewer"
            raise ValueError(f"the row has {len(cells)} cells, {more} than the heading's {self._width}")
        if "\0" in record.text:
            raise ValueError("the row holds a NUL character")
        if not record.text.isascii() and DAMAGED.search(record.text):
            raise ValueError(f"the row holds bytes that have no meaning in {self._encoding}")
        return cells

    def _value(self, cell: str) -> str | None:
        return None if cell in self._null else cell
