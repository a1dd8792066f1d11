"""Cross-validation of a normal sample, whose predictive densities are known in closed form; its forms have spreads."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.data.faults import CochangeError
from cochange.data.study import Study
from cochange.inference.elpd import elpd_of, places_of
from cochange.inference.folding.cross_validate import CrossValidation, cross_validate, fit_folds, make_folding
from cochange.inference.folding.fits import foretold
from cochange.inference.folding.folds import CrossValidationError
from cochange.inference.loo import LEAST_ESS
from cochange.models.parts.contract import load_model
from cochange.reports.cross_validation import BY_SITE, cross_validation_sentences, write_cross_validation

VALUES = np.random.default_rng(12).normal(3, 1, 30)
PRIOR_SD = 10.0
# What the known model takes for the spread in each form.
SPREADS = {"normal": 1.0, "Student-t": 2.0}
FOLDS = 5


@pytest.fixture(scope="module")
def model(known_density: Callable[[np.ndarray], str]) -> str:
    return known_density(VALUES)


@pytest.fixture(scope="module")
def found(model: str, example_study: Study) -> CrossValidation:
    # Code just compiled may round otherwise than the same code loaded again: all is compiled before.
    cross_validate(model, example_study, folds=2, cores=1)
    return cross_validate(model, example_study, folds=FOLDS, cores=1)


def exact(found: CrossValidation, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Log density of each left-out value given those that were not, and the deviation of its Monte Carlo terms.

    The mean given the others is normal. So is a left-out value, with the variances added; the mean square of its
    density over the mean is known too.
    """
    names = found.folding.model.select(found.folding.study).used.tolist()
    value = dict(zip(names, VALUES, strict=True))
    elpd, deviation = {}, {}
    for fold in found.folding.folds.values():
        others = np.array([value[name] for name in names if name not in fold])
        precision = len(others) / spread**2 + PRIOR_SD**-2
        mean, variance = others.sum() / spread**2 / precision, 1 / precision
        for name in fold:
            elpd[name] = stats.norm.logpdf(value[name], mean, np.sqrt(spread**2 + variance))
            square = stats.norm.pdf(value[name], mean, np.sqrt(spread**2 / 2 + variance)) / (
                2 * spread * np.sqrt(np.pi)
            )
            deviation[name] = np.sqrt(square / np.exp(elpd[name]) ** 2 - 1)
    order = found.elpds["participant"].values
    return np.array([elpd[name] for name in order]), np.array([deviation[name] for name in order])


@pytest.mark.parametrize("form", SPREADS)
def test_participants_left_out_are_foretold_as_in_closed_form(found: CrossValidation, form: str) -> None:
    elpd, deviation = exact(found, SPREADS[form])
    error = np.abs(found.elpds.sel(form=form).values - elpd)
    assert (error < 4 * deviation / np.sqrt(LEAST_ESS)).all()
    (row,) = (row for row in found.rows if row.form == form)
    assert abs(row.elpd - elpd.sum()) < 4 * row.mcse
    # Members of a fold share its draws: their errors are at most as large as if they went together.
    assert row.mcse < deviation.sum() / np.sqrt(LEAST_ESS)
    assert row.se == pytest.approx(np.sqrt(len(elpd)) * elpd.std(ddof=1), rel=0.05)


def test_forms_are_compared_over_the_same_participants(found: CrossValidation) -> None:
    best, other = found.rows
    assert (best.form, other.form) == ("normal", "Student-t")
    pairs = found.elpds.sel(form="Student-t").values - found.elpds.sel(form="normal").values
    assert other.difference == pytest.approx(pairs.sum())
    assert other.difference_se == pytest.approx(np.sqrt(len(pairs)) * pairs.std(ddof=1))
    assert best.difference == 0
    assert best.weight + other.weight == pytest.approx(1)
    # Twice the spread costs each value log 2 and gains three eighths of its square: about -0.32 a value.
    assert other.difference < -5
    assert {(row.participants, row.fits, row.failed) for row in found.rows} == {(30, FOLDS, 0)}
    assert found.folding.works["normal"].folds == found.folding.works["Student-t"].folds
    said = cross_validation_sentences(found)
    assert said[0].startswith("The form normal foretells better than the next, Student-t, by ")
    assert said[1] == "None of the 10 fits ended with a failed diagnostic."


def without_times(found: CrossValidation) -> dict[str, list[dict[str, object]]]:
    return {form: [{**record, "seconds": 0} for record in records] for form, records in found.records.items()}


def test_the_same_is_found_by_two_processes_and_after_a_kill(
    found: CrossValidation, model: str, example_study: Study, tmp_path: Path
) -> None:
    two = cross_validate(model, example_study, folds=FOLDS, cores=2, directory=tmp_path)
    assert without_times(two) == without_times(found)
    assert [asdict(row) for row in two.rows] == [asdict(row) for row in found.rows]
    path = tmp_path / "folds" / "student-t.jsonl"
    assert sorted(item.name for item in path.parent.iterdir()) == ["normal.jsonl", "student-t.jsonl"]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    # A kill leaves a line without its end.
    path.write_text("".join(lines[:3]) + lines[3][:20], "utf-8")
    again = cross_validate(model, example_study, folds=FOLDS, cores=1, directory=tmp_path)
    assert without_times(again) == without_times(found)
    assert path.read_text("utf-8").startswith("".join(lines[:3]))
    with pytest.raises(CochangeError, match="holds fits of other settings"):
        cross_validate(model, example_study, folds=FOLDS, cores=1, seed=2, directory=tmp_path)


def test_sites_are_left_out_whole(model: str, example_study: Study, tmp_path: Path) -> None:
    found = cross_validate(model, example_study, by="site", cores=1)
    sites = sorted(set(example_study.data["site"].values[: len(VALUES)].astype(str)))
    assert list(found.folding.folds) == sites
    elpd, deviation = exact(found, 1.0)
    assert (np.abs(found.elpds.sel(form="normal").values - elpd) < 4 * deviation / np.sqrt(LEAST_ESS)).all()
    page = write_cross_validation(found, tmp_path).read_text("utf-8")
    assert BY_SITE in page
    assert f"one at a time: {sites[0]} (" in page


def test_the_error_of_a_sum_is_that_of_draws_shared_by_its_participants() -> None:
    rng = np.random.default_rng(2)
    mean = rng.normal(0, 0.3, (1, 4000, 1))
    density = xr.DataArray(
        stats.norm.logpdf(np.array([0.5, 0.5, -1.0]), mean, 1.0), dims=("chain", "draw", "participant")
    )
    found = foretold(density, ["a", "b", "c"])
    known = stats.norm.logpdf([0.5, 0.5, -1.0], 0, np.sqrt(1.09))
    assert abs(sum(found["elpd"].values()) - known.sum()) < 4 * found["mcse"]
    ratios = np.exp(density.values - np.array(list(found["elpd"].values()))).sum(axis=-1)
    # The draws are independent.
    assert found["mcse"] == pytest.approx(ratios.std() / np.sqrt(4000), rel=0.1)
    assert foretold(density.where(density["participant"] != 1), ["a", "b", "c"]) == {}


def test_forms_of_which_a_fit_failed_are_named_and_none_is_lost(found: CrossValidation, tmp_path: Path) -> None:
    failing = {form: [dict(record) for record in records] for form, records in found.records.items()}
    failing["normal"][1]["problems"] = ["divergent transitions"]
    for name in ("elpd", "mcse"):
        del failing["Student-t"][2][name]
    failing["Student-t"][2]["problems"] = ["not sampled: no luck"]
    done = iter(failing.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cochange.inference.folding.cross_validate.do_many", lambda *_: next(done))
        judged = fit_folds(found.folding)
    normal, lost = judged.rows
    assert (normal.reliable, lost.reliable, judged.failed) == (False, False, 2)
    assert normal.elpd == pytest.approx(found.rows[0].elpd)
    assert lost.participants == len(VALUES) - len(found.folding.folds["3"])
    assert np.isnan([lost.elpd, lost.se, lost.difference, lost.weight]).all()
    said = cross_validation_sentences(judged)
    assert said[0] == "No form can be relied on: of each, a fit failed its diagnostics."
    assert "Not to be relied on: normal. 1 of its 5 fits" in said[1]
    assert "(divergent transitions: 1)." in said[1]
    assert "(not sampled: 1); 6 participants have no density, so that it has no sum." in said[2]
    page = write_cross_validation(judged, tmp_path).read_text("utf-8")
    assert "not to be reported" in page
    record = json.loads((tmp_path / "cross_validation.json").read_text("utf-8"))
    assert [row["reliable"] for row in record["forms"]] == [False, False]
    assert record["forms"][1]["elpd"] is None


def test_reliable_forms_are_compared_with_each_other_alone(found: CrossValidation) -> None:
    unsure = replace(found.rows[0], failed=1, problems={"R-hat above 1.05": 1})
    judged = replace(found, rows=(unsure, found.rows[1]))
    (alone,) = judged.reliable
    assert alone.form == "Student-t"
    assert np.isnan(alone.difference)
    assert "no other form can be relied on" in cross_validation_sentences(judged)[0]


def test_places_are_those_of_the_sums() -> None:
    rng = np.random.default_rng(4)
    better = xr.DataArray(rng.normal(-2, 1, 50), dims="participant")
    worse = better - np.abs(rng.normal(0.5, 0.2, 50))
    places = places_of({"worse": elpd_of(worse), "better": elpd_of(better)})
    assert list(places) == ["better", "worse"]
    assert places["worse"].difference == pytest.approx(float((worse - better).sum()))
    assert places["better"].weight == pytest.approx(1, abs=1e-3)
    assert places_of({"one": elpd_of(better)})["one"].weight == 1


def test_what_cannot_be_cross_validated_is_refused(
    model: str, example_study: Study, tmp_path: Path, known_density: Callable[[np.ndarray], str]
) -> None:
    with pytest.raises(CrossValidationError, match=r"symptom_change cannot be cross-validated; those that ship"):
        make_folding("symptom_change", example_study, "reference", 10, "participant", 1)
    whole = Path(known_density(VALUES)).read_text("utf-8")
    without = tmp_path / "cannot_leave_out.py"
    without.write_text(whole[: whole.index("def leave_out")], "utf-8")
    assert load_model(str(without)).log_likelihood is not None
    with pytest.raises(CrossValidationError, match=r"can be are .*joint_change.* as this one has not, `leave_out`"):
        make_folding(str(without), example_study, "reference", 10, "participant", 1)
    with pytest.raises(CrossValidationError, match="got 31"):
        make_folding(model, example_study, "reference", 31, "participant", 1)
    with pytest.raises(CochangeError, match="'referense'"):
        make_folding(model, example_study, "referense", 10, "participant", 1)


def test_a_form_that_the_study_does_not_admit_is_named(model: str, example_study: Study, tmp_path: Path) -> None:
    text = Path(model).read_text("utf-8")
    picky = tmp_path / "picky.py"
    picky.write_text(
        text.replace(
            "def select(study):\n",
            "def select(study):\n    if spread(study) > 1:\n        return Selection((), problem='not this one')\n",
        ),
        "utf-8",
    )
    folding = make_folding(str(picky), example_study, "reference", 10, "participant", 1)
    assert list(folding.works) == ["normal"]
    assert folding.not_admitted == {"Student-t": "not this one"}
    assert folding.fits == 10
