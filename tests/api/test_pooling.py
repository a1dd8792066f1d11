"""`cochange pool` as its user meets it."""

import math
import tomllib
from typing import get_args, get_type_hints

import cochange
from cochange import prior_verbs
from cochange.models.pooled import PRIORS
from cochange.reports.numbers import with_minus


def test_it_prints_the_pool_and_the_lines(command):
    code, out, err = command("pool", "--quantity", "madrs_exercise_against_usual_care")
    assert code == 0
    pooled = cochange.pool(quantity="madrs_exercise_against_usual_care")
    mean = pooled.summaries["mean"]
    for text in (
        with_minus(f"{mean.lower:.3g} to {mean.upper:.3g}"),
        f"{pooled.new_study.ess:.1f}",
        "doi:10.1016/j.ypmed.2016.08.011",
    ):
        assert text in out
    assert "share 'usual care of the Regassa trial'" in err.replace("\n", "")
    tables = tomllib.loads(out[out.index("[analysis") :])["analysis"]["prior_sets"]["pooled"]
    assert tables["joint_change"]["score_arm"]["family"] == "RobustNormal"


def test_notes_of_the_table_say_which_studies_they_are_on(command, tmp_path):
    path = tmp_path / "table.csv"
    rows = "A,x,2,1,SD of 8\nB,x,3,1,SD of 8\nC,x,2,1,of the abstract.\nD,x,4,1,\n"
    path.write_text(f"study,source,estimate,se,note\n{rows}", "utf-8")
    code, out, _ = command("pool", path, "--unit-sd", "8")
    assert code == 0
    told = [line for line in out.splitlines() if line.startswith("Note of the table")]
    assert told == ["Note of the table on A, B: SD of 8.", "Note of the table on C: of the abstract."]


def test_the_lines_go_into_a_new_file(command, tmp_path):
    path = tmp_path / "new" / "lines.toml"
    asked = ("pool", "--quantity", "il6_retest", "--weight", "1", "--name", "ours", "--out", path)
    code, out, _ = command(*asked)
    assert (code, out.splitlines()[-1]) == (0, str(path))
    lines = path.read_text("utf-8")
    assert tomllib.loads(lines)["analysis"]["prior_sets"]["ours"]["marker_change"]["retest_z"]["family"] == "Normal"
    code, _, err = command(*asked)
    assert code == 2
    assert "a new file for the lines is required; found one that is there" in err
    assert path.read_text("utf-8") == lines


def test_a_pooled_logarithm_is_told_as_a_ratio_and_columns_are_explained(command, tmp_path):
    path = tmp_path / "table.csv"
    rows = "A,x,2,1,4,0.95,log\nB,x,3,2,4.5,0.95,log\n"
    path.write_text(f"study,source,estimate,lower,upper,level,scale\n{rows}", "utf-8")
    code, out, _ = command("pool", path, "--unit-sd", "1")
    assert code == 0
    mean = cochange.pool(path, unit_sd=1).summaries["mean"]
    assert out.count("as a ratio") == 2
    assert f"{math.exp(mean.lower):.3g} to {math.exp(mean.upper):.3g}" in out
    assert "Given all: median of the effect in that study" in out
    assert "I squared: share of the variance" in out


def test_several_quantities_and_a_table_at_fault_end_with_two(command, tmp_path):
    code, _, err = command("pool")
    assert code == 2
    assert "choose one of 'il6_case_control'" in err
    assert "(--quantity)" in err.replace("\n", "")
    code, _, err = command("pool", "--quantity", "il7")
    assert (code, err.startswith("--quantity: a quantity of il6_depression.csv is required; found 'il7'")) == (2, True)
    path = tmp_path / "table.csv"
    path.write_text("study,source,estimate,se\nA,x,a,0.1\nB,x,1,-1\n", "utf-8")
    code, _, err = command("pool", path, "--unit-sd", "1")
    assert code == 2
    assert "table.csv, row 2, column estimate" in err
    assert "table.csv, row 3, column se" in err


def test_a_table_without_units_gets_lines_to_complete(command, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("study;source;estimate;se\n[A];x;1,5;0,1\n", "utf-8")
    code, out, _ = command("pool", path, "--decimal", ",", "--unit-sd", "1")
    assert code == 0
    assert "[A]" in out
    assert "# PARAMETER = { family" in out


def test_the_option_offers_the_sets_there_are():
    (choices, *_) = get_args(get_type_hints(prior_verbs.pool, include_extras=True)["prior"])
    assert get_args(choices) == tuple(PRIORS)
