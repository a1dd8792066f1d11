"""Faults of keys of a study file are given their lines."""

from pathlib import Path

from cochange.data.faults import Fault
from cochange.data.specification.located import located

TEXT = """\
[analysis]
models = ["a"]

[analysis.prior_sets."my.set"]
base = "diffuse"

[analysis.prior_sets."my.set".joint_change]
slope = { mean = 0, sd = 1 }
"""


def line_of(path: Path, key: str | None, file: str = "study.toml", row: int | None = None) -> int | None:
    (fault,) = located([Fault(file, row, key, "this", "that", "correct it")], path)
    assert (fault.file, fault.column, fault.required) == (file, key, "this")
    return fault.row


def test_a_key_has_its_line_or_that_of_the_table_around_it(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + TEXT, "utf-8")
    own = "analysis.prior_sets.my.set"
    lines = {"analysis.models": 2, f"{own}.base": 5, f"{own}.joint_change.slope": 8, f"{own}.joint_change.slop": 7}
    assert {key: line_of(path, key) for key in lines} == lines
    assert line_of(path, "analysis.prior") == 1
    assert line_of(path, "symptom.scale") is None


def test_other_faults_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(TEXT, "utf-8")
    assert line_of(path, "analysis.models", "data.csv") is None
    assert line_of(path, "analysis.models", row=7) == 7
    assert line_of(path, None) is None
    assert line_of(tmp_path / "moved" / "study.toml", "analysis.models") is None
