"""A blob becomes a note that says what it is; what somebody may need stays."""

import base64
import hashlib
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brimline.content.blob import fold, tighten

BYTES = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(60))
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + BYTES).decode()
SCRIPT = "!function(e,t){var n=e[t];return n?n.call(e):t}(window,'load');" * 40


def dumped(data: bytes) -> list[str]:
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    return [f"{16 * at:08x}: {row.hex(' ', 2)}  {'.' * 16}" for at, row in enumerate(rows)]


# ------------------------------------------------------------------------------------------- is folded
def test_base64_says_what_its_first_bytes_say() -> None:
    assert fold(f"before {PNG} after").text == (
        f"before [PNG image in base64, {len(PNG):,} characters: {PNG[:24]}…{PNG[-12:]}] after"
    )


def test_a_data_uri_says_its_type() -> None:
    folded = fold(f'<img src="data:image/webp;charset=x;base64,{PNG}" alt="A plan">')

    assert folded.text.startswith('<img src="[image/webp in base64, 2,584 characters: iVBORw0KGgo')
    assert folded.text.endswith('" alt="A plan">')
    assert folded.omitted_lines == 1


def test_base64_of_unknown_bytes_and_hexadecimal_are_named_so() -> None:
    unknown = base64.b64encode(BYTES).decode()

    assert fold(unknown).text.startswith("[base64, 2,560 characters: ")
    assert fold(BYTES.hex()).text.startswith("[hexadecimal, 3,840 characters: ")


def test_base64_in_lines_keeps_its_first_and_last_lines() -> None:
    wrapped = base64.encodebytes(BYTES).decode().rstrip("\n").split("\n")
    text = "\n".join(["-----BEGIN CERTIFICATE-----", *wrapped, "-----END CERTIFICATE-----"])

    folded = fold(text)

    assert folded.text.split("\n")[3:5] == ["[… 29 more lines of base64]", wrapped[-3]]
    assert folded.omitted_lines == 29
    assert folded.text.endswith("-----END CERTIFICATE-----")


def test_a_dump_of_bytes_keeps_its_first_and_last_lines() -> None:
    lines = dumped(BYTES)

    assert fold("\n".join(lines)).text.split("\n") == [
        *lines[:2],
        "[… 116 more lines of a dump of bytes]",
        *lines[-2:],
    ]


def test_minified_code_is_a_note_and_the_lines_around_it_stay() -> None:
    folded = fold(f"/* licence */\n{SCRIPT}\n//# sourceMappingURL=x.js.map")

    assert folded.text.split("\n") == [
        "/* licence */",
        f"[minified JavaScript, {len(SCRIPT):,} characters: !function(e,t){{var n=e[t…dow,'load');]",
        "//# sourceMappingURL=x.js.map",
    ]
    assert fold(".a{color:red;top:0}" * 80).text.startswith("[minified code, 1,520 characters: ")


def test_a_line_without_a_space_is_a_note() -> None:
    path = "M107.7L8.07A105.15H105.15V0" * 60

    assert fold(f"path <path d='{path}' />").text == (
        f"path <path [text without a space, 1,624 characters: d='{path[:21]}…{path[-11:]}'] />"
    )


# ------------------------------------------------------------------------------------------- stays
@pytest.mark.parametrize(
    "text",
    [
        "\n".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(40)),
        "-" * 400,
        "/".join(["some", "very", "long", "path"] * 30),
        "a_name_made_of_words_1_Aa" * 12,
        '{"a":1,"b":[1,2,3]}' + ',{"a":1}' * 400,
        "TypeError: cannot read " + "x(1)," * 400,
        "<div><p>" * 300,
        '"{\\"a\\":1,\\"b\\":[1,2,3]}' + "(x)" * 400 + '"',
        '{"url":"https://e.org/?' + "a=1&" * 300 + '"} ',
        "Some words, and then some more of them; none is long. " * 40,
        "\n".join(dumped(BYTES[:160])),
        "",
    ],
    ids=lambda text: text[:20],
)
def test_digests_rules_paths_json_errors_and_short_dumps_stay(text: str) -> None:
    assert fold(text) == (text, True, 0)


@given(st.text())
def test_nothing_is_said_shorter_without_folding(text: str) -> None:
    assert tighten(text) == (text, True, 0)


PART = st.sampled_from(
    [PNG, BYTES.hex(), SCRIPT, "a" * 1_200, "data:x/y;base64,", "error ", "\n", "\r\n", " ", "\ud800"]
)


@given(st.lists(PART | st.text(max_size=30), max_size=12).map("".join))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)

    assert fold(once.text).text == once.text
    assert once.lossless == (once.text == text)


# ------------------------------------------------------------------------------------------- hostility
@pytest.mark.timing
@pytest.mark.parametrize(
    "text",
    [
        "A1b" * 333_000,
        ("A1b" * 66 + " ") * 5_000,
        ("x" * 999 + " ") * 1_000,
        "data:" * 200_000,
        ("data:a/b;" + "c;" * 40) * 11_000,
        "00000000: " + "ff " * 330_000,
        "deadbeef ff ff ff\n" * 55_000,
        " " * 1_000_000,
        "\n" * 1_000_000,
        "{" * 1_000_000,
        "error" * 200_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_megabyte_of_anything_takes_less_than_a_second(text: str) -> None:
    start = process_time()
    fold(text)

    assert process_time() - start < 1
