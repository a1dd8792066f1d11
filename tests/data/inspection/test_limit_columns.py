"""Columns of limits are pointed at in the draft of a study file, by their names."""

from pathlib import Path

import pytest

from cochange.data.draft import draft_study_file

N = 20
READINGS = [f"1.{10 + i}" for i in range(N)]
READ = ("il6_0", "il6_12")


def _draft(folder: Path, names: tuple[str, ...], limits: tuple[str, ...], **others: list[str]) -> str:
    table = {"id": [str(i + 1) for i in range(N)], **others} | dict.fromkeys(names, READINGS)
    table |= dict.fromkeys(limits, ["0.5"] * N)
    lines = [",".join(table), *(",".join(row) for row in zip(*table.values(), strict=True))]
    (folder / "trial.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return draft_study_file(folder / "trial.csv", force=True).path.read_text(encoding="utf-8")


def _hints(text: str) -> list[str]:
    """Lines of comments that are keys to write."""
    return [line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# lower_", "# upper_"))]


@pytest.mark.parametrize(
    "name",
    ["il6_lod", "LOD", "IL-6 LLOQ", "il6LOD", "il6_limit_of_detection", "Detection limit IL6", "il6_lower_limit"],
)
def test_one_column_of_limits_is_offered_for_every_visit(tmp_path: Path, name: str) -> None:
    text = _draft(tmp_path, READ, (name,))
    assert _hints(text) == [f'lower_limit_columns = ["{name}", "{name}"]']
    assert f"# '{name}' looks by its name as if it held limits" in text
    assert "the same may be named for several" in text


def test_columns_of_limits_at_each_visit_are_in_their_order(tmp_path: Path) -> None:
    text = _draft(tmp_path, READ, ("il6_lod_12", "il6_lod_0", "il6_uloq_0", "il6_uloq_12"))
    assert _hints(text) == [
        'lower_limit_columns = ["il6_lod_0", "il6_lod_12"]',
        'upper_limit_columns = ["il6_uloq_0", "il6_uloq_12"]',
    ]
    text = _draft(tmp_path, ("il6_0", "il6_6", "il6_12"), ("il6_lod_0", "il6_lod_12"))
    assert _hints(text) == ["lower_limit_columns, a list of them"]


def test_a_column_of_limits_goes_with_its_own_marker(tmp_path: Path) -> None:
    text = _draft(tmp_path, (*READ, "crp_0", "crp_12"), ("crp_lod",))
    of_il6, of_crp = (part.split("\n\n")[0] for part in text.split("[[marker]]")[1:])
    assert (_hints(of_il6), _hints(of_crp)) == ([], ['lower_limit_columns = ["crp_lod", "crp_lod"]'])


def test_a_long_layout_has_one_column_of_limits(tmp_path: Path) -> None:
    rows = [f"{i + 1},{week},1.{10 + i},0.5" for i in range(N) for week in (0, 12)]
    (tmp_path / "trial.csv").write_text("\n".join(["id,week,il6,il6_lod", *rows]) + "\n", encoding="utf-8")
    text = draft_study_file(tmp_path / "trial.csv").path.read_text(encoding="utf-8")
    assert _hints(text) == ['lower_limit_columns = ["il6_lod"]']
    assert "may be named for several" not in text


@pytest.mark.parametrize("name", ["melody", "pilot_score", "time_limit", "lodging"])
def test_other_names_speak_of_no_limit(tmp_path: Path, name: str) -> None:
    text = _draft(tmp_path, READ, (name,))
    assert _hints(text) == []
    # Where limits of single samples would be declared is said without such a column too.
    assert "or write lower_limit_columns, the columns with the limit of each sample, in its place" in text
