from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot

from cochange.inference.fit import Fit
from cochange.inference.results import Results
from cochange.reports.numbers import MINUS, significant, within
from cochange.reports.plots.replications import replicate_plot
from cochange.reports.replicates import Check, checks, impossible_shares
from cochange.reports.sections import predictive, priors


def with_group(fit: Fit, name: str, data: xr.Dataset) -> Fit:
    groups = {child: fit.tree[child].to_dataset() for child in fit.tree.children}
    return replace(fit, tree=xr.DataTree.from_dict(groups | {name: data}))


def test_impossible_scores_are_those_outside_the_scale(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    change = fit.tree["prior_predictive"].to_dataset()[["change_of_score"]]
    none = with_group(fit, "prior_predictive", xr.zeros_like(change))
    assert impossible_shares(none, results.study) == {"change of score": 0.0}
    half = xr.where(change["draw"] % 2 == 0, -100.0, 0.0) + xr.zeros_like(change)
    assert impossible_shares(with_group(fit, "prior_predictive", half), results.study) == {"change of score": 0.5}
    assert impossible_shares(results.fits["marker_change", "reference"], results.study) == {}


def test_each_form_has_impossible_values_of_its_own(results: Results) -> None:
    fit = results.fits["symptom_change", "reference"]
    change = fit.tree["prior_predictive"].to_dataset()[["change"]]
    only_one = xr.where(change["form"] == "ancova", -100.0, 0.0) + xr.zeros_like(change)
    changed = with_group(fit, "prior_predictive", only_one)
    shares = {"change of score, ANCOVA": 1.0, "change of score, change score": 0.0}
    assert impossible_shares(changed, results.study) == shares
    fits = dict(results.fits) | {("symptom_change", "reference"): changed}
    (table,) = [item for item in priors.SECTION.block(replace(results, fits=fits)).tables if "predictive" in item.name]
    printed = {group.label: {row[0]: row[-1] for row in group.rows} for group in table.groups}
    assert printed["symptom_change: change of score, ANCOVA"]["reference"] == "100.0%"
    assert printed["symptom_change: change of score, change score"]["reference"] == "0.0%"


def test_ties_count_half_as_a_censored_least_value_gives_them(results: Results) -> None:
    fit = results.fits["marker_change", "reference"]
    (least,) = {check.share_above for check in checks(fit) if check.statistic == "least"}
    assert least == 0.5


def test_statistics_of_data_and_replications_are_those_of_numpy(results: Results, numbers_in: Any) -> None:
    rng = np.random.default_rng(9)
    observed, replicated = rng.normal(0.2, 1.05, 40), rng.normal(0.1, 1.1, (2, 50, 40))
    fit = results.fits["parallel_change", "reference"]
    fit = with_group(fit, "observed_data", xr.Dataset({"y": ("k", observed)}))
    fit = with_group(fit, "posterior_predictive", xr.Dataset({"y": (("chain", "draw", "k"), replicated)}))
    found = {check.statistic: check for check in checks(fit)}
    with_fit = replace(results, fits=dict(results.fits) | {("parallel_change", "reference"): fit})
    tables = {table.name: table for table in predictive.SECTION.block(with_fit).tables}
    printed = {row[0]: row[1:] for group in tables["replicates_parallel_change"].groups for row in group.rows}
    by_hand = {
        "mean": lambda values: values.sum() / 40,
        "SD": lambda values: np.sqrt(np.square(values - values.mean()).sum() / 39),
        "least": min,
        "greatest": max,
    }
    assert list(found) == list(printed) == list(by_hand)
    for name, of in by_hand.items():
        own, again = of(observed), np.array([of(values) for values in replicated.reshape(100, 40)])
        lower, middle, upper = np.quantile(again, [0.025, 0.5, 0.975])
        above = np.mean(again > own)
        assert 0.1 < above < 0.48, name
        check = found[name]
        assert [check.observed, check.lower, check.median, check.upper, check.share_above] == pytest.approx(
            [own, lower, middle, upper, above]
        )
        shown = numbers_in(" ".join(printed[name]))
        for (value, half), expected in zip(shown, (own, middle, lower, upper, above), strict=True):
            assert abs(value - expected) <= half


def test_the_figure_says_the_numbers_of_the_table(results: Results) -> None:
    rng = np.random.default_rng(4)
    observed = rng.normal(0, 1, 40)
    fit = results.fits["parallel_change", "reference"]
    centred = xr.Dataset({"y": ("k", observed - observed.mean())})
    fit = with_group(fit, "observed_data", centred)
    fit = with_group(
        fit, "posterior_predictive", xr.Dataset({"y": (("chain", "draw", "k"), rng.normal(size=(2, 50, 40)))})
    )
    assert 0 < abs(float(centred["y"].mean())) < 1e-15
    with_fit = replace(results, fits=dict(results.fits) | {("parallel_change", "reference"): fit})
    tables = {table.name: table for table in predictive.SECTION.block(with_fit).tables}
    ((_, data, _, between, _), *_) = tables["replicates_parallel_change"].groups[0].rows
    assert data == "0.00"
    assert f"y: mean {data}, replicated {between}." in replicate_plot(fit, results, checks(fit)).alt


def test_small_outcomes_are_left_out(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    few = with_group(
        with_group(fit, "observed_data", xr.Dataset({"y": ("k", np.zeros(4))})),
        "posterior_predictive",
        xr.Dataset({"y": (("chain", "draw", "k"), np.zeros((2, 5, 4)))}),
    )
    assert checks(few) == ()


def test_statistics_not_given_back_are_named() -> None:
    usual = Check("y", "mean", 1.0, 0.0, 1.0, 2.0, 0.5)
    low, high = replace(usual, statistic="SD", share_above=0.004), replace(usual, statistic="least", share_above=0.995)
    at_bound = replace(usual, statistic="greatest", share_above=0.01)
    assert predictive.extremes((usual, at_bound)) == "No statistic has a share above the data under 0.01 or over 0.99."
    named = predictive.extremes((usual, low, high))
    assert "SD of y (0.004); least of y (0.995)" in named
    assert "mean" not in named


def test_a_log_marker_is_tabled_in_its_unit(results: Results) -> None:
    raw = Check("log marker, values at both visits, baseline", "mean", np.log(2), np.log(1), np.log(2), np.log(4), 0.5)
    shown = predictive.shown(raw, results.study)
    assert shown.outcome == "IL-6 [pg/mL], values at both visits, baseline"
    assert shown.statistic == "geometric mean"
    np.testing.assert_allclose([shown.observed, shown.lower, shown.median, shown.upper], [2, 1, 2, 4])
    score = replace(raw, outcome="change of score")
    assert predictive.shown(score, results.study) == score


def test_a_hair_beside_a_limit_is_not_printed() -> None:
    assert within(0.5 - 1e-9, 1e-9) == "0.5000"
    assert within(-3.14159, 1.2) == "\N{MINUS SIGN}3.1"
    assert within(12.0, 0.0) == "12.0"


def test_replications_of_whole_numbers_are_rounded_as_these_are(results: Results) -> None:
    """Of scores included above 9 the least is 10, and replications above 9.5 are 10 or more."""
    rng = np.random.default_rng(3)
    scores, again = rng.integers(10, 30, 40).astype(float), 9.5 + 20 * rng.random((2, 100, 40))
    scores[0] = 10.0
    fit = results.fits["parallel_change", "reference"]
    fit = with_group(fit, "observed_data", xr.Dataset({"screening": ("participant", scores)}))
    fit = with_group(fit, "posterior_predictive", xr.Dataset({"screening": (("chain", "draw", "participant"), again)}))
    (least,) = [check for check in checks(fit) if check.statistic == "least"]
    ties, above = (np.rint(again).min(axis=-1) == 10).mean(), (np.rint(again).min(axis=-1) > 10).mean()
    assert least.share_above == pytest.approx(above + ties / 2)
    assert not predictive.rarely_replicated((least,))
    assert least.lower == 10.0


def test_missing_values_are_left_out_of_the_statistics_and_visits_keep_their_order(results: Results) -> None:
    rng = np.random.default_rng(1)
    people = {"participant": [f"P{number}" for number in range(30)]}
    missing = np.arange(30) % 3 == 0
    names = ("IL-6 at baseline", "MADRS at baseline", "IL-6 at 12 weeks", "MADRS at 12 weeks", "screening")

    def drawn(*sizes: int) -> xr.Dataset:
        dims = ("chain", "draw")[: len(sizes)]
        values = {name: np.where(missing, np.nan, rng.normal(1.0, 0.2, (*sizes, 30))) for name in names}
        return xr.Dataset({name: ((*dims, "participant"), value) for name, value in values.items()}, coords=people)

    observed = drawn()
    fit = with_group(results.fits["parallel_change", "reference"], "observed_data", observed)
    fit = replace(with_group(fit, "posterior_predictive", drawn(2, 50)), model="joint_change")
    found = checks(fit)
    assert list(dict.fromkeys(check.outcome for check in found)) == [*names[:-1], "screening score"]
    for check in found:
        assert np.isfinite([check.observed, check.lower, check.median, check.upper]).all()
        name = "screening" if check.outcome == "screening score" else check.outcome
        if check.statistic == "mean":
            assert check.observed == pytest.approx(float(observed[name].mean(skipna=True)), rel=1e-12)
    first = predictive.shown(found[0], results.study)
    assert first.outcome == "IL-6 [pg/mL] at baseline"
    assert first.statistic == "geometric mean"
    assert first.observed == np.exp(found[0].observed)
    score = next(check for check in found if check.outcome == "MADRS at baseline")
    assert predictive.shown(score, results.study) == score
    figure = replicate_plot(fit, results, found)
    assert "under the posterior of joint_change" in figure.caption
    assert "at the limit where censored" in figure.caption


def test_a_score_at_follow_up_has_impossible_values(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    values = xr.Dataset({"MADRS at 12 weeks": (("chain", "draw", "participant"), [[[-1.0, 5.0], [61.0, 60.0]]])})
    assert impossible_shares(with_group(fit, "prior_predictive", values), results.study) == {"MADRS at 12 weeks": 0.5}


def test_measured_values_without_a_limit_of_their_own_are_told(results: Results) -> None:
    study = results.study
    assert predictive.without_limit(study) == 0
    unknown = study.data["lower_limit"].where(study.data["marker_status"].astype(str) == "below")
    floors = replace(study, data=study.data.assign(lower_limit=unknown))
    measured = int((study.data["marker_status"].astype(str) == "observed").sum())
    assert predictive.without_limit(floors) == measured > 100
    texts = [getattr(part, "text", "") for part in predictive.SECTION.block(replace(results, study=floors)).parts]
    (said,) = [text for text in texts if "replicated without a limit" in text]
    assert said.startswith(f"{measured} measured values")
    usual = [getattr(part, "text", "") for part in predictive.SECTION.block(results).parts]
    assert not [text for text in usual if "replicated without a limit" in text]
    none_under = (
        study.data["marker_status"].astype(str).where(study.data["marker_status"].astype(str) != "below", "missing")
    )
    assert predictive.without_limit(replace(floors, data=floors.data.assign(marker_status=none_under))) == 0


def test_an_outcome_of_noughts_and_ones_is_drawn_without_advice(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    for name in ("posterior_predictive", "observed_data"):
        fell = (fit.tree[name].to_dataset()[["change_of_score"]] < 0).astype(float)
        fit = with_group(fit, name, fell.rename(change_of_score="fall"))
    plan = replicate_plot(fit, results, checks(fit)).plan
    # A warning of ArviZ would be an error here.
    drawing = plan.draw(*plan.given)
    pyplot.close(drawing)
    assert [axis.get_ylabel() for axis in drawing.axes] == ["share at or under"]


def test_the_limit_of_detection_is_drawn_with_its_value(results: Results) -> None:
    fit = results.fits["marker_change", "reference"]
    plan = replicate_plot(fit, results, checks(fit)).plan
    drawing = plan.draw(*plan.given)
    pyplot.close(drawing)
    panels = [axis for axis in drawing.axes if axis.get_title()]
    assert panels
    for axis in panels:
        low, high = axis.get_xlim()
        seen = bool(low <= np.log(0.5) <= high)
        assert [text.get_text() for text in axis.texts] == ["lower limit 0.5 pg/mL"] * seen
        assert any(list(line.get_xdata()) == [np.log(0.5)] * 2 for line in axis.lines) == seen
    assert any(axis.texts for axis in panels)


def test_priors_are_printed_with_true_minus_signs(results: Results) -> None:
    tables = {table.name: table for table in priors.SECTION.block(results).tables}
    cells = [cell for group in tables["priors_symptom_change"].groups for row in group.rows for cell in row]
    assert f"Normal({MINUS}0.5, 0.5)" in cells
    assert "Normal(-0.5, 0.5)" in tables["priors_symptom_change"].frame["reference"].tolist()


def test_numbers_that_stand_at_a_limit_are_marked(results: Results) -> None:
    fit = results.fits["marker_change", "reference"]
    own = results.study.data.sel(marker=results.study.marker)
    limit = float(np.log(own["lower_limit"].values[np.isfinite(own["lower_limit"].values)][0]))
    rng = np.random.default_rng(4)
    drawn = fit.tree["prior_predictive"].to_dataset()
    drawn = drawn.copy(data={name: np.maximum(rng.normal(limit + 1, 1, drawn[name].shape), limit) for name in drawn})
    changed = with_group(with_group(fit, "prior_predictive", drawn), "posterior_predictive", drawn)
    of_one = replace(results, fits=dict(results.fits) | {("marker_change", "reference"): changed})
    (prior,) = [item for item in priors.SECTION.block(of_one).tables if item.name == "prior_predictive"]
    printed = [row for group in prior.groups if "IL-6 [" in group.label for row in group.rows if row[0] == "reference"]
    at_limit = f"\u2264{significant(np.exp(limit))}"
    assert printed
    for _, median, central, _ in printed:
        assert not median.startswith("\u2264")
        assert central.startswith(f"{at_limit} to ")
        assert central.count("\u2264") == 1
    (check,) = [item for item in predictive.SECTION.block(of_one).tables if item.name == "replicates_marker_change"]
    rows = {row[0]: row for group in check.groups for row in group.rows}
    assert rows["least"][2:4] == (at_limit, f"{at_limit} to {at_limit}")
    assert not any("\u2264" in cell for name in ("geometric mean", "greatest") for cell in rows[name])
