"""`cochange priors` and `cochange elicit` as their user meets them."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

import cochange
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.reports.numbers import MINUS
from cochange.reports.too_wide import TOO_MANY


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    folder = shutil.copytree(example_path().parent, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "study.toml"


def flat(text: str) -> str:
    """What a table says, without its lines and the breaks within a cell."""
    return " ".join(word for word in text.split() if word not in "│┃|")


def test_priors_are_told_in_words_with_what_they_imply(command, study_file):
    text = study_file.read_text("utf-8")
    own = '[analysis.prior_sets.panel.parallel_change]\nsigma = { sd = 7, source = "a panel of five" }\n'
    own += "intercept = { mean = 0, sd = 9 }\n"
    study_file.write_text(f"{text}\n{own}", "utf-8")
    arguments = ("--model", "parallel_change", "--prior", "reference", "--prior", "literature", "--prior", "panel")
    code, out, err = command("priors", study_file, *arguments)
    assert code == 0
    assert "2 of 3 prior sets done; parallel_change: drawing from panel" in err
    said = flat(out)
    for words in ("normal, mean 0, SD 15 points;", "Source of raw_z: rho of 0.37 between changes", "arm, nu."):
        assert words in said
    # Of the study's own set only what differs from the first one is shown.
    panel = said[said.rindex("what it is") : said.index("Source of sigma: a panel")]
    assert "half-normal, scale 7 points" in panel
    assert "raw_z" not in panel
    assert "Source of sigma: a panel of five. Everything else as reference." in said
    assert "Source of intercept: no source is given." in said
    assert "panel, your own, begun with reference" in said
    assert "Priors in points are as they ship: for a scale of 60 points, which MADRS has." in said
    for quantity in ("parallel_slope", "change_correlation", "MADRS at 12 weeks", "impossible", "with a fall of the"):
        assert quantity in said


@pytest.mark.parametrize(
    ("direction", "turned"),
    [("worse", " = 0.5, those per point"), ("better", " = 0.5 and, since higher is better, change the sign")],
)
def test_how_shipped_priors_are_carried_to_the_scale_is_told(command, study_file, direction, turned):
    scale = f'scale = "Mood"\nrange = [40, 70]\ndirection = "higher is {direction}"'
    text = study_file.read_text("utf-8").replace('scale = "MADRS"', scale).replace("remission = 10", "remission = 50")
    # What a set changes is of no use to a normal likelihood; another changes nothing at all.
    own = '[analysis.prior_sets.panel]\nbase = "diffuse"\nsymptom_change.nu = { shape = 3, rate = 0.2 }\n'
    own += '[analysis.prior_sets.twin]\nbase = "diffuse"\n'
    data = study_file.parent / "exercise_trial.csv"
    table = pd.read_csv(data, comment="#", dtype=str, keep_default_na=False)
    for name in ("madrs_0", "madrs_12"):
        table[name] = [value and str(40 + int(value) % 30) for value in table[name]]
    table.to_csv(data, index=False)
    start, end = text.index("[inclusion]"), text.index("[", text.index("[inclusion]") + 1)
    study_file.write_text(f"{text[:start]}{text[end:]}\n{own}", "utf-8")
    arguments = ("--model", "symptom_change", "--prior", "diffuse", "--prior", "panel", "--prior", "twin")
    code, out, err = command("priors", study_file, *arguments)
    assert code == 0, err
    said = flat(out)
    assert "Shipped sets are written for a scale of 60 points. Mood has 30: their priors in points, means and" in said
    assert f"are multiplied by 30/60{turned}" in said
    assert "panel, your own, begun with diffuse: as diffuse." in said
    assert "for symptom_change the prior set 'twin' is 'diffuse': it is fitted once, as 'diffuse'" in flat(err)


def test_a_set_that_draws_what_cannot_be_is_named_with_what_to_do(command, study_file):
    arguments = ("--prior", "reference", "--prior", "diffuse")
    code, _, err = command("priors", study_file, "--model", "symptom_change", *arguments)
    assert code == 0
    noted = flat(err)
    share = re.search(
        r"symptom_change under the diffuse prior is too wide: up to (\d\d\.\d)% of the scores it draws are", noted
    )
    assert float(share[1]) > 100 * TOO_MANY
    (terms,) = cochange.priors(read_study(study_file), ["symptom_change"], ["diffuse"], quiet=True)
    shares = [100 * item.value for item in terms.shares if item.of_impossible]
    assert len(shares) == 2
    assert float(share[1]) == pytest.approx(max(shares), abs=0.051)
    assert "impossible on the scale (25% or more)" in noted
    assert "cochange elicit" in noted
    assert "under the reference prior" not in noted
    noted = flat(command("priors", study_file, "--model", "marker_change", *arguments)[2])
    assert re.search("marker_change under the diffuse prior is too wide: .* are a factor of .*10.* apart", noted)
    assert "under the reference prior" not in noted
    assert "too wide" not in command("priors", study_file, "--model", "marker_change", "--prior", "literature")[2]


def test_readings_are_explained_where_there_are_any(command, study_file):
    told = "Readings are those of a new participant"
    own = Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py"
    assert told not in flat(command("priors", study_file, "--model", own)[1])
    assert told in flat(command("priors", study_file, "--model", "symptom_change", "--prior", "reference")[1])


def test_whom_parameters_and_estimands_speak_of_is_told_where_inclusion_sets_them_apart(command, study_file):
    told = "Parameters are of everyone who was screened, changes and shares of those included"
    assert told in flat(command("priors", study_file, "--model", "joint_change", "--prior", "reference")[1])
    assert told not in flat(command("priors", study_file, "--model", "symptom_change", "--prior", "reference")[1])


def test_models_that_cannot_be_fitted_are_named_with_the_reason(command, study_file):
    text = study_file.read_text("utf-8")
    start, end = text.index("[[marker]]"), text.index("[symptom]")
    study_file.write_text(text[:start] + text[end:], "utf-8")
    code, out, _ = command("priors", study_file, "--prior", "reference")
    assert code == 0
    assert "marker_change cannot be fitted to this study: needs a marker" in flat(out)
    assert "symptom_change (ancova)" in flat(out)


def test_python_returns_what_it_prints(example_study: Study, capsys):
    terms = cochange.priors(example_study, ["symptom_change"], ["literature"])
    assert f"normal, mean {MINUS}9, SD 3 points" in flat(capsys.readouterr().out)
    assert [(item.model, item.prior) for item in terms] == [("symptom_change", "literature")]
    assert cochange.priors(example_study, ["symptom_change"], ["literature"], quiet=True)[0].shares == terms[0].shares
    assert capsys.readouterr() == ("", "")


def test_an_unknown_set_ends_with_2(command):
    code, out, err = command("priors", example_path(), "--prior", "skeptical")
    assert (code, out) == (2, "")
    assert "did you mean 'sceptical'" in err


def test_a_statement_becomes_a_prior_that_a_fit_takes(command, study_file):
    before = study_file.read_bytes()
    options = ("--model", "symptom_change", "--parameter", "intercept", "--between", "-12", "1.5", "--mass", "0.8")
    code, out, err = command("elicit", study_file, *options, "--set", "panel", "--base", "sceptical")
    assert code == 0, err
    said = flat(out)
    for words in ("intercept: mean change of the score, in points", f"80% between {MINUS}12 and 1.5", "97.5%"):
        assert words in said
    assert f"Written to {study_file.resolve()} under [analysis.prior_sets.panel.symptom_change]." in said
    assert "name panel where you fit" in said
    assert study_file.read_bytes().startswith(before)

    study = read_study(study_file)
    written = study.spec.analysis.prior_sets["panel"]["symptom_change"]["intercept"]
    prior = stats.norm(written["mean"], written["sd"])
    assert prior.cdf(1.5) - prior.cdf(-12) == pytest.approx(0.8, abs=1e-3)
    fit = cochange.fit("symptom_change", study, prior="panel")
    draws = fit.prior_draws["intercept"].to_numpy().ravel()
    assert draws.mean() == pytest.approx(prior.mean(), abs=4 * prior.std() / draws.size**0.5)


def test_a_fall_in_a_sentence_is_told_as_a_change(command, study_file):
    options = ("--model", "symptom_change", "--parameter", "intercept")
    code, out, err = command("elicit", study_file, *options, "--says", "90% sure of a fall of 4 to 14 points")
    assert code == 0, err
    assert f"A fall of 4 to 14 is a change of {MINUS}14 to {MINUS}4." in flat(out)
    assert f"normal, mean {MINUS}9, SD 3.04 points" in flat(out)
    written = study_file.read_bytes()
    code, _, err = command("elicit", study_file, *options, "--between", "4", "14", "--mass", "0.5", "--fall")
    assert code == 2
    assert "replace it with --force" in err
    assert study_file.read_bytes() == written


def test_bounds_above_zero_are_a_rise_and_said_to_be(command, study_file):
    options = ("--model", "symptom_change", "--parameter", "intercept", "--between", "4", "14", "--mass", "0.9")
    code, out, _ = command("elicit", study_file, *options)
    assert code == 0
    assert "normal, mean 9, SD 3.04 points" in flat(out)
    assert "Both bounds lie above 0, a rise; a fall lies below 0, or is given as one (fall)." in flat(out)


def test_percentages_in_log_units_are_noticed_and_a_correlation_is_no_rise(command, study_file):
    options = ("--model", "marker_change", "--between", "10", "30", "--mass", "0.9", "--fall")
    code, _, err = command("elicit", study_file, *options, "--parameter", "change")
    assert code == 0, err
    assert "the bounds stand for ratios of 9.4e" in err
    assert f"no percentages; a fall by 30% is a ratio of 0.7 and a change of {MINUS}0.36" in " ".join(err.split())
    options = ("--model", "marker_change", "--between", "0.3", "0.9", "--mass", "0.9")
    code, out, err = command("elicit", study_file, *options, "--parameter", "retest_z")
    assert code == 0, err
    assert "a rise" not in flat(out)
    assert "stand for ratios" not in err


def test_a_prior_the_study_does_not_call_for_is_written_with_a_note(command, study_file):
    options = ("--model", "symptom_change", "--parameter", "arm", "--between", "-6", "2", "--mass", "0.9")
    code, out, _ = command("elicit", study_file, *options)
    assert code == 0
    assert "This study does not call for arm" in flat(out)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--between", "14", "4", "--mass", "0.9"], "a lower bound under the upper one"),
        (["--between", "4", "14"], "or a sentence (--says) alone is required; found bounds;"),
        (
            ["--between", "4", "14", "--mass", "0.9", "--says", "90% sure between 4 and 14"],
            "found bounds, a probability, a sentence",
        ),
        (["--says", "quite sure"], "a sentence such as"),
    ],
)
def test_a_wrong_statement_ends_with_2_and_writes_nothing(command, study_file, options, told):
    before = study_file.read_bytes()
    code, out, err = command("elicit", study_file, "--model", "symptom_change", "--parameter", "intercept", *options)
    assert (code, out) == (2, "")
    assert told in err
    assert study_file.read_bytes() == before
