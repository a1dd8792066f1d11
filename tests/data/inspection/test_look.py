"""How a text file is written, found from its bytes; and what is made of odd headers."""

import tomllib
from pathlib import Path

import pytest

from cochange.data.inspection.look import find_text_format, look_at
from cochange.data.inspection.toml_text import comments, key_line

FORMATS = {
    "id,a\n1,2\n2,3\n": ("utf-8", ",", None),
    "id;a\n1;2,5\n2;3,5\n": ("utf-8", ";", None),
    "id\ta\n1\t2,5\n2\t3\n": ("utf-8", "\t", None),
    "id|a\n1|2\n": ("utf-8", "|", None),
    "# made on Monday; by hand\nid,a\n1,2\n": ("utf-8", ",", "#"),
    "#id,a\n1,2\n": ("utf-8", ",", None),
    'id,a\n1,"x, y"\n2,z\n': ("utf-8", ",", None),
    "id\n1\n2\n": ("utf-8", None, None),
    "": ("utf-8", None, None),
}


@pytest.mark.parametrize("text", FORMATS)
def test_delimiter_and_comments(text: str) -> None:
    found = find_text_format(text.encode())
    assert (found.encoding, found.delimiter, found.comment) == FORMATS[text]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("kön,a\n1,2\n".encode(), "utf-8"),
        ("\ufeffkön,a\n1,2\n".encode(), "utf-8"),
        ("kön,a\n1,2\n".encode("cp1252"), "cp1252"),
        ("kön,a\n1,2\n".encode("utf-16"), "utf-16"),
        (b"k\x81n,a\n1,2\n", "latin-1"),
    ],
)
def test_encoding(content: bytes, encoding: str, tmp_path: Path) -> None:
    assert find_text_format(content).encoding == encoding
    (tmp_path / "t.csv").write_bytes(content)
    assert [column.name for column in look_at(tmp_path / "t.csv").columns][1:] == ["a"]


def test_columns_without_a_name_of_their_own_are_counted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,,a,a,b\n1,2,3,4,5\n", "utf-8")
    look = look_at(tmp_path / "t.csv")
    assert [column.name for column in look.columns] == ["id", "b"]
    assert (look.rows, look.unnamed) == (1, 3)


@pytest.mark.parametrize("text", ['a "b" \\ c', "line\nbreak", "tab\t", "\x7f\x00\x85\u2028", "å😀", "# = ]"])
def test_any_text_survives_as_toml(text: str) -> None:
    lines = [*comments(text), key_line("x", [text, [text]], text), key_line("y", True), key_line("z", 0.5)]
    assert tomllib.loads("\n".join(lines)) == {"x": [text, [text]], "y": True, "z": 0.5}
    assert len("\n".join(lines).splitlines()) == len(lines)
