"""A data file given in the place of the study file."""

from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.data.specification.judge import read_spec


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("trial.csv", b"id,il6_0\n1,2.5\n"),
        ("trial one.xlsx", b"PK\x03\x04\x14\x00\xb9\xff"),
        ("study.toml", b"PAR1\x15\x04\x15\xff"),
        ("trial.sav", b"$FL2@(#) SPSS"),
    ],
)
def test_it_is_told_what_drafts_its_study_file(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_spec(path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.found) == (name, None, "what looks like a data file")
    assert "`cochange init " in fault.action
    assert str(path) in fault.action


def test_a_study_file_with_a_syntax_error_is_none(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("[study]\ntitle = T\n", encoding="utf-8")
    with pytest.raises(InputError, match="valid TOML"):
        read_spec(path)
