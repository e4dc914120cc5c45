"""Encodings: found out where that is possible, asked for where it is not."""

from __future__ import annotations

import codecs

import pytest

from desk_server.importing.encoding import EncodingError, decode, readable

GERMAN = "ticket,event,at,by\n1,Rückfrage,2012-01-01 10:00:00,Jürgen\n2,Prüfung,2012-01-01 11:00:00,Jörg\n"
ITALIAN = "ticket,event,at\n1,Attività chiusa,2012-01-01\n2,Già risolto,2012-01-02\n"
CHINESE = "工单,事件,时间,人员\n1,登记,2019-01-01,王芳\n1,已解决,2019-01-02,李伟\n1,关闭,2019-01-02,张强\n"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (CHINESE.encode(), "utf-8", CHINESE),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8", CHINESE),
        (b"plain,ascii\n", "utf-8", "plain,ascii\n"),
        (b"", "utf-8", ""),
        (codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), "utf-16-le", GERMAN),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16-be", CHINESE),
        (CHINESE.encode("utf-16-le"), "utf-16-le", CHINESE),
        (CHINESE.encode("utf-16-be"), "utf-16-be", CHINESE),
        (GERMAN.encode("utf-16-le"), "utf-16-le", GERMAN),
        (CHINESE.encode("gb18030"), "gb18030", CHINESE),
        ((CHINESE + "9,𠮷野家,2019-01-01,€\n").encode("gb18030"), "gb18030", CHINESE + "9,𠮷野家,2019-01-01,€\n"),
        (GERMAN.encode("cp1252"), "windows-1252", GERMAN),
        (ITALIAN.encode("cp1252"), "windows-1252", ITALIAN),
        ((GERMAN * 500 + "3,€,x,y\n").encode("cp1252"), "windows-1252", GERMAN * 500 + "3,€,x,y\n"),
    ],
)
def test_encoding_is_found(data: bytes, encoding: str, text: str) -> None:
    decoded = decode(data)
    assert (decoded.encoding, decoded.text) == (encoding, text)


def test_western_text_that_gb18030_decodes_too_is_not_taken_for_chinese() -> None:
    data = "id,name\n1,Müller\n2,Schröder\n3,Jäger\n".encode("cp1252")
    assert data.decode("gb18030")  # the trap: no error at all
    assert decode(data).encoding == "windows-1252"


@pytest.mark.parametrize(("text", "other"), [("50 °C", "50 癈"), ("GRÖßE", "GR诌E")])
def test_a_doubtful_file_shows_both_readings_and_asks(text: str, other: str) -> None:
    data = f"{text}\n".encode("cp1252")
    with pytest.raises(EncodingError) as refused:
        decode(data)
    assert f"--encoding cp1252: {text}" in str(refused.value)
    assert f"--encoding gb18030: {other}" in str(refused.value)
    assert decode(data, "cp1252").text == f"{text}\n"  # the control: stated, it is read


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((text, "gb18030") for text in ("1,花屏,2019", "张伟", "王芳,李娜", "噪音投诉", "雷,2019", "无信号")),
        *(
            (text, "cp1252")
            for text in ("1,Müller,2012", "Ärger", "Größe", "Señor,España", "Über", "don’t", "São Paulo")
        ),
    ],
)
def test_a_few_words_are_enough(codec: str, text: str) -> None:
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("name", ["cp1252", "windows-1252", "Windows_1252"])
def test_stated_encoding_goes_before_what_is_found(name: str) -> None:
    decoded = decode("é,é\n".encode(), name)
    assert (decoded.text, decoded.encoding) == ("Ã©,Ã©\n", "windows-1252")


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "UTF8"])
def test_a_mark_is_no_part_of_the_text(name: str) -> None:
    assert decode(codecs.BOM_UTF8 + b"a,b\n", name).text == "a,b\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_stated_utf_16_without_mark_finds_its_byte_order(codec: str) -> None:
    assert decode(CHINESE.encode(codec), "utf-16").text == CHINESE


@pytest.mark.parametrize(
    ("data", "encoding", "words"),
    [
        (b"a\n\xff\xfe\xfa", "utf-8", "line 2"),
        (CHINESE.encode("gb18030"), "utf-8", "not utf-8: line 1"),
        (GERMAN.encode("utf-16-le") + b"x", "utf-16-le", "not utf-16-le"),
        (b"a", "utf-9", "no encoding called 'utf-9'"),
        (b"a", "rot13", "not an encoding of texts"),
        (b"a", "base64", "not an encoding of texts"),
        (b"ok\n\x81\xff\x8d\xff,\x90\n", None, "neither UTF-8 (line 2 breaks it)"),
    ],
)
def test_a_wrong_encoding_is_refused_with_a_sentence(data: bytes, encoding: str | None, words: str) -> None:
    with pytest.raises(EncodingError) as refused:
        decode(data, encoding)
    assert words in str(refused.value)


@pytest.mark.parametrize(("codec", "stated"), [("utf-8", None), ("utf-8", "utf-8"), ("gb18030", "gb18030")])
def test_a_few_damaged_bytes_spoil_no_file(codec: str, stated: str | None) -> None:
    decoded = decode(CHINESE.encode(codec) + b"2,\xff,2019-01-01,x\n" + CHINESE.encode(codec), stated)
    assert (decoded.encoding, decoded.is_damaged) == (codec, True)
    assert decoded.text == CHINESE + "2,\udcff,2019-01-01,x\n" + CHINESE
    assert readable(decoded.text) == CHINESE + "2,\\xff,2019-01-01,x\n" + CHINESE
