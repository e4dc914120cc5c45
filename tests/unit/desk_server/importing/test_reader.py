"""The reader: delimiters, quotes, line ends, odd rows; nothing is lost."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk_server.importing.mapping import parse_map
from desk_server.importing.reader import LogError, LogReading, column_names, read_log, read_records

LOG = {"ticket": "case", "event": "what", "at": "when"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def read(tmp_path: Path, text: str | bytes, log: dict[str, Any] | None = None, **tables: dict[str, str]) -> LogReading:
    path = tmp_path / "log.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_log(path, parse_map({"log": {**LOG, **(log or {})}, **tables}), now=NOW)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [["case", "what", "when", "note"], ["A", "Open", "2012-01-01", "x, y; z"], ["A", "Close", "2012-01-02", ""]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + end
    reading = read(tmp_path, text)
    assert reading.delimiter == delimiter
    assert [(row.line, row.ticket, row.event) for row in reading.rows] == [(2, "A", "Open"), (3, "A", "Close")]
    assert reading.rejects == ()


def test_a_stated_delimiter_and_quote(tmp_path: Path) -> None:
    reading = read(tmp_path, "case^what^when\n'A^1'^Open^2012-01-01\n", {"delimiter": "^", "quote": "'"})
    assert reading.rows[0].ticket == "A^1"
    reading = read(tmp_path, 'case,what,when\n"A,Open,2012-01-01\n', {"quote": ""})
    assert reading.rows[0].ticket == '"A'


def test_excels_own_delimiter_line(tmp_path: Path) -> None:
    reading = read(tmp_path, "sep=;\r\ncase;what;when\r\nA;a,b,c,d;2012-01-01\r\n")
    assert (reading.rows[0].line, reading.rows[0].event) == (3, "a,b,c,d")


def test_the_mapped_columns_decide_the_delimiter(tmp_path: Path) -> None:
    heading = "case;what;when;a,b,c,d,e,f,g\n"
    assert read(tmp_path, heading + "A;x;2012-01-01;1,2,3,4,5,6,7\n").delimiter == ";"


def test_second_of_two_equal_names() -> None:
    assert column_names(["Variant", "x", "Variant", "Variant"]) == ["Variant", "x", "Variant#2", "Variant#3"]
    assert column_names(["a", "a#2", "a"]) == ["a", "a#2", "a#3"]


def test_equal_names_can_be_mapped(tmp_path: Path) -> None:
    text = "case,what,when,Variant,Variant\nA,x,2012-01-01,one,two\n"
    assert read(tmp_path, text, ticket={"category": "Variant#2"}).rows[0].values == ("two",)
    assert read(tmp_path, text, ticket={"category": "Variant"}).rows[0].values == ("one",)


def test_embedded_newlines_keep_physical_lines(tmp_path: Path) -> None:
    text = 'case,what,when,note\r\nA,x,2012-01-01,"one\r\ntwo ""quoted"""\r\n\r\nB,y,bad,\r\nC,z,2012-01-01,end'
    reading = read(tmp_path, text, ticket={"description": "note"})
    assert [(row.line, row.ticket) for row in reading.rows] == [(2, "A"), (6, "C")]
    assert reading.rows[0].values == ('one\r\ntwo "quoted"',)
    assert [(reject.line, reject.content) for reject in reading.rejects] == [(5, "B,y,bad,")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,x", "the row has 2 cells, fewer than the heading's 4"),
        ("A,x,2012-01-01,u,more", "the row has 5 cells, more than the heading's 4"),
        (",x,2012-01-01,u", "the ticket's name is empty"),
        ("?,x,2012-01-01,u", "the ticket's name is empty"),
        ("A,x,,u", "the time is empty"),
        ("A,x,2012-31-01,u", "the time '2012-31-01' is not one in ISO 8601"),
        ("A,x,2026-02-01,u", "the time '2026-02-01' lies in the future"),
        ("A,x\0,2012-01-01,u", "the row holds a NUL character"),
        (f"A,x,2012-01-01,{'u' * 101}", "serial is longer than 100 characters"),
        (f"{'A' * 301},x,2012-01-01,u", "the ticket's name is longer than 300 characters"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_and_the_rest_goes_on(tmp_path: Path, row: str, reason: str) -> None:
    text = f"case,what,when,sn\nA,x,2012-01-01,u\n{row}\nB,y,2012-01-02,\n"
    reading = read(tmp_path, text, {"null": ["?"]}, ticket={"serial": "sn"})
    assert [(reject.line, reject.reason, reject.content) for reject in reading.rejects] == [(3, reason, row)]
    assert [row.ticket for row in reading.rows] == ["A", "B"]
    assert reading.row_count == 3


def test_damaged_bytes_reject_their_own_row(tmp_path: Path) -> None:
    good = "A,überprüft,2012-01-01\n".encode() * 10
    reading = read(tmp_path, b"case,what,when\n" + good + b"B,\xfcber,2012-01-01\n" + good)
    [reject] = reading.rejects
    assert (reject.line, reject.reason) == (12, "the row holds bytes that have no meaning in utf-8")
    assert reject.content == "B,\\xfcber,2012-01-01"
    assert (reading.encoding, len(reading.rows)) == ("utf-8", 20)


def test_empty_cells_behind_the_heading_are_no_fault(tmp_path: Path) -> None:
    assert len(read(tmp_path, "case,what,when\nA,x,2012-01-01,,\n").rows) == 1


@pytest.mark.parametrize("bad", ['A,"x,2012-01-01', '"A,x,2012-01-01'])
def test_a_quote_left_open_spoils_one_row_only(tmp_path: Path, bad: str) -> None:
    good = [f"B{number},y,2012-01-02" for number in range(5)]
    reading = read(tmp_path, "\n".join(["case,what,when", *good, bad, *good]) + "\n")
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [(7, "a quote is opened and never closed")]
    assert len(reading.rows) == 10


def test_two_open_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    good = "B,y,2012-01-02\n"
    text = "case,what,when\n" + good + 'A,"x,2012-01-01\n' + good * 3 + 'A,"z,2012-01-01\n' + good
    reading = read(tmp_path, text)
    assert [reject.line for reject in reading.rejects] == [3, 7]
    assert len(reading.rows) == 5


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(LogError) as refused:
        read(tmp_path, "case,what,when,Product\nA,x,2012-01-01,P\n", ticket={"product": "product"})
    assert "ticket.product = 'product' (did you mean 'Product'?)" in str(refused.value)
    assert "case, what, when, Product" in str(refused.value)
    assert read(tmp_path, "case,what,when,Product\nA,x,2012-01-01,P\n", ticket={"product": "Product"}).rows


def test_a_file_without_anything(tmp_path: Path) -> None:
    for text in ("", "\n\n"):
        with pytest.raises(LogError, match="is empty"):
            read(tmp_path, text)
    with pytest.raises(LogError, match="can't be read"):
        read_log(tmp_path / "none.csv", parse_map({"log": LOG}))
    with pytest.raises(LogError, match="can't be read"):
        read_log(tmp_path, parse_map({"log": LOG}))
    assert read(tmp_path, "case,what,when\n").row_count == 0


def test_nulls_and_blanks(tmp_path: Path) -> None:
    text = "case,what,when,who,p\n A , x ,2012-01-01,?,NULL\nA,,2012-01-02, ann ,  \n"
    reading = read(tmp_path, text, {"by": "who", "null": ["?", "NULL"]}, ticket={"product": "p"})
    assert [(row.ticket, row.event, row.by, row.values) for row in reading.rows] == [
        ("A", "x", None, (None,)),
        ("A", "", "ann", (None,)),
    ]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=12).map(str.strip)
names = cells.filter(bool)
rows = st.lists(st.tuples(names, cells, st.integers(0, 10**9), cells), max_size=12)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example([("0", '"', 0, '"\n"')], ",", "\n", False)
def test_what_a_csv_writer_wrote_is_read_back_whole(
    tmp_path_factory: pytest.TempPathFactory,
    written: list[tuple[str, str, int, str]],
    delimiter: str,
    end: str,
    quote_all: bool,
) -> None:
    buffer = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["case", "what", "when", "note"])
    start = datetime(1990, 1, 1, tzinfo=UTC)
    if not quote_all:  # Python's writer leaves a bare CR without quotes, where it is a line's end
        written = [
            (name, event, seconds, note) for name, event, seconds, note in written if "\r" not in name + event + note
        ]
    for name, event, seconds, note in written:
        writer.writerow([name, event, (start + timedelta(seconds=seconds)).isoformat(), note])
    path = tmp_path_factory.mktemp("log") / "log.csv"
    path.write_bytes(buffer.getvalue().encode())
    reading = read_log(path, parse_map({"log": LOG, "ticket": {"description": "note"}}), encoding="utf-8", now=NOW)
    assert reading.rejects == ()
    assert [(row.ticket, row.event, row.at, row.values[0] or "") for row in reading.rows] == [
        (name, event, start + timedelta(seconds=seconds), note) for name, event, seconds, note in written
    ]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(st.sampled_from('ab",\n\r'), max_size=60))
def test_no_character_of_any_file_is_lost(text: str) -> None:
    lines = io.StringIO(text, newline="").readlines()
    records = list(read_records(lines, ","))
    assert "".join(record.text for record in records) == text
    number = 0
    for record in records:
        assert record.line == number + 1
        number += len(io.StringIO(record.text, newline="").readlines())


@pytest.mark.parametrize(
    ("beginning", "word"),
    [
        (b"PK\x03\x04\x14\x00", "a spreadsheet or an archive; save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet; save it as CSV"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00", "an Access database; export"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path: Path, beginning: bytes, word: str) -> None:
    (tmp_path / "log.xlsx").write_bytes(beginning + b"\0" * 100)
    with pytest.raises(LogError, match=word):
        read_log(tmp_path / "log.xlsx", parse_map({"log": LOG}))
