"""Under each label of a table stands the number it names: those of a planted row all differ."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.inference.doubled import Doubling
from cochange.inference.estimates import Estimate, decide
from cochange.inference.loo import FormComparison
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import Results
from cochange.reports.block import Block, Heading, Paragraph, Table
from cochange.reports.numbers import MINUS
from cochange.reports.sections import (
    comparison,
    diagnostics,
    estimates,
    forms,
    measurement,
    no_change,
    priors,
    reproducibility,
)

Lines = Callable[[Block, str], Mapping[tuple[str, str], Mapping[str, str]]]
SLOPE = "Change of MADRS per halving of IL-6"
CHANGE = "Mean change of MADRS"
# Posterior and prior of a quantity; two digits of the width of each interval are printed.
OWN = {
    "median": -1.4, "mean": -1.6, "sd": 0.456, "lower": -2.5, "upper": -0.3, "side": "below", "p_direction": 0.962,
    "mcse_mean": 0.0123, "r_hat": 1.0042, "ess_bulk": 3141.0, "ess_tail": 2718.0, "learned": 0.713,
    "prior_median": 0.2, "prior_sd": 2.34, "prior_lower": -4.1, "prior_upper": 4.7,
}  # fmt: skip

TWICE = Doubling(
    model="parallel_change", prior="reference", estimand="parallel_slope", form=None, marker=None, group="overall",
    draws=600, draws_doubled=1200, mean=-9.12, mean_doubled=-9.27, sd=0.81, relative_change=-0.0162,
    mean_shift=-0.185, lower_shift=0.031, upper_shift=-0.044, mcse=0.02, r_hat=1.0032,
)  # fmt: skip


def table_of(block: Block, name: str) -> Table:
    (table,) = [table for table in block.tables if table.name == name]
    return table


@pytest.fixture
def with_rows() -> Callable[..., Results]:
    """The results with other values in the rows of an estimand that have the labels given."""

    def changed(of: Results, values: Mapping[str, object], **labels: object) -> Results:
        def is_it(row: Estimate) -> bool:
            return all(getattr(row, name) == label for name, label in labels.items())

        assert any(map(is_it, of.estimates))
        rows = tuple(replace(row, **values) if is_it(row) else row for row in of.estimates)
        return replace(of, estimates=rows, decisions=tuple(decide(row, True) for row in rows))

    return changed


def test_estimates_of_the_whole_sample(results: Results, lines_of: Lines, plant: Callable[..., Results]) -> None:
    block = estimates.SECTION.block(plant(results, "parallel_slope", **OWN))
    assert lines_of(block, "estimates_parallel_change")[f"{SLOPE} [points per halving]", "reference"] == {
        "Prior": "reference",
        "Median": f"{MINUS}1.4",
        "Mean": f"{MINUS}1.6",
        "SD": "0.46",
        "95% equal-tailed interval": f"{MINUS}2.5 to {MINUS}0.3",
        "Probability of its side": "0.962 below 0",
        "Narrowed": "71%",
    }


def test_estimates_by_group_and_prior(results: Results, lines_of: Lines, with_rows: Callable[..., Results]) -> None:
    found = results
    for group, prior, (median, lower, upper) in (
        ("light", "reference", (0.55, 0.41, 0.72)),
        ("light", "sceptical", (0.81, 0.69, 0.94)),
        ("vigorous", "reference", (0.63, 0.52, 0.77)),
    ):
        own = {"median": median, "lower": lower, "upper": upper, "mcse_mean": 1e-4}
        found = with_rows(found, own, estimand="geometric_mean_ratio", group=group, prior=prior)
    lines = lines_of(estimates.SECTION.block(found), "groups_marker_change")
    title = "Geometric mean ratio of IL-6 [ratio]"
    assert lines[title, "light"] == {
        "Group": "light", "reference": "0.55 (0.41 to 0.72)", "sceptical": "0.81 (0.69 to 0.94)",
    }  # fmt: skip
    assert lines[title, "vigorous"]["reference"] == "0.63 (0.52 to 0.77)"


def test_masses_around_the_smallest_important_difference(
    results: Results, lines_of: Lines, plant: Callable[..., Results]
) -> None:
    found = plant(results, "symptom_change", below=0.71, inside=0.27, above=0.02)
    lines = lines_of(estimates.SECTION.block(found), "important_symptom_change")
    assert lines[f"{CHANGE} (ANCOVA)", "reference"] == {
        "Prior": "reference",
        "Beyond, low side": "0.71",
        "Within": "0.27",
        "Beyond, high side": "0.020",
        "Importance": "undecided",
    }


def test_each_form_stands_under_its_name(results: Results, with_rows: Callable[..., Results]) -> None:
    found = results
    for form, (median, lower, upper) in {"ancova": (-7.1, -9.2, -5.3), "change score": (-6.4, -8.8, -4.7)}.items():
        own = {"median": median, "lower": lower, "upper": upper, "mcse_mean": 1e-3}
        found = with_rows(found, own, estimand="symptom_change", group="overall", prior="sceptical", form=form)
    rows = [row for group in forms.SECTION.block(found).tables[0].groups if group.label == CHANGE for row in group.rows]
    assert [column.label for column in forms.SECTION.block(found).tables[0].columns] == [
        "Group", "Prior", "ANCOVA", "change score",
    ]  # fmt: skip
    assert (
        "overall", "sceptical", f"{MINUS}7.1 ({MINUS}9.2 to {MINUS}5.3)", f"{MINUS}6.4 ({MINUS}8.8 to {MINUS}4.7)",
    ) in rows  # fmt: skip


def test_no_limit_of_a_ratio_is_printed_as_zero(
    results: Results, lines_of: Lines, plant: Callable[..., Results]
) -> None:
    wide = {"prior_median": 1.04, "prior_lower": 3e-9, "prior_upper": 4.8e8}
    block = priors.SECTION.block(plant(results, "geometric_mean_ratio", **wide))
    line = lines_of(block, "implied_priors")["Geometric mean ratio of IL-6", "reference"]
    times = "\N{MULTIPLICATION SIGN}"
    assert line["95% equal-tailed interval"] == f"3.0{times}10\u207b\u2079 to 4.8{times}10\u2078"
    assert line["Median"] == "1.0"


def test_what_the_priors_imply(results: Results, lines_of: Lines, plant: Callable[..., Results]) -> None:
    block = priors.SECTION.block(plant(results, "parallel_slope", **OWN))
    assert lines_of(block, "implied_priors")[SLOPE, "reference"] == {
        "Prior set": "reference",
        "Median": "0.2",
        "SD": "2.3",
        "95% equal-tailed interval": f"{MINUS}4.1 to 4.7",
    }
    (record,) = (
        table_of(block, "implied_priors")
        .frame.query("estimand == 'parallel_slope' and prior == 'reference'")
        .to_dict("records")
    )
    assert [record[name] for name in ("median", "sd", "lower", "upper")] == [0.2, 2.34, -4.1, 4.7]


def test_reliabilities_beside_their_priors(results: Results, lines_of: Lines) -> None:
    values = OWN | {
        "median": 0.61, "lower": 0.42, "upper": 0.79, "prior_median": 0.55, "prior_lower": 0.21, "prior_upper": 0.84,
        "mcse_mean": 1e-3, "null": None, "p_direction": None, "side": None, "learned": 0.413,
    }  # fmt: skip
    row = replace(
        results.estimates[0], model="joint_change", prior="reference", estimand="score_reliability", form=None,
        marker=None, group="overall", unit="share", **values,
    )  # fmt: skip
    found = replace(results, estimates=(row,), decisions=(decide(row, True),))
    lines = lines_of(measurement.SECTION.block(found), "reliabilities")
    assert lines["Reliability of MADRS", "reference"] == {
        "Prior set": "reference",
        "Prior median": "0.55",
        "Central 95%": "0.21 to 0.84",
        "Posterior median": "0.61",
        "95% equal-tailed interval": "0.42 to 0.79",
        "Narrowed": "41%",
    }


def test_diagnostics_of_a_fit(results: Results, lines_of: Lines) -> None:
    judged = replace(
        results.diagnostics[0], status="caution", r_hat=1.0123, ess_bulk=1111.0, ess_tail=2222.0, divergences=3,
        bfmi=0.876, max_treedepth_share=0.042, chains=4, draws=600, tune=500, target_accept=0.95, attempts=2,
        seconds_sampling=7.31,
    )  # fmt: skip
    block = diagnostics.SECTION.block(replace(results, diagnostics=(judged, *results.diagnostics[1:])))
    assert lines_of(block, "diagnostics")[judged.model, judged.prior] == {
        "Prior": judged.prior,
        "Status": "may be reported with caution",
        "R-hat": "1.012",
        "Bulk ESS": "1,111",
        "Tail ESS": "2,222",
        "Divergent": "3",
        "Energy fraction": "0.88",
        "At greatest depth": "4.2%",
        "Draws": "4 x 600",
        "Target acceptance": "0.95",
        "Attempts": "2",
        "Seconds": "7.3",
    }


def test_precision_of_an_estimand(results: Results, lines_of: Lines, plant: Callable[..., Results]) -> None:
    block = diagnostics.SECTION.block(plant(results, "parallel_slope", **OWN))
    assert lines_of(block, "precision")[f"{SLOPE}: parallel_change", "reference"] == {
        "Prior": "reference",
        "MCSE of the mean": "0.012",
        "R-hat": "1.004",
        "Bulk ESS": "3,141",
        "Tail ESS": "2,718",
    }


def test_an_estimate_beside_that_of_twice_the_draws(results: Results, lines_of: Lines) -> None:
    block = diagnostics.SECTION.block(replace(results, doubled=(TWICE,)))
    assert "1200 draws a chain in place of 600" in table_of(block, "doubled").caption
    assert lines_of(block, "doubled")["", SLOPE] == {
        "Quantity": SLOPE,
        "Mean": f"{MINUS}9.1",
        "With twice the draws": f"{MINUS}9.3",
        "Change of the mean": "1.6%",
        "Of the mean, share of an SD": "18.5%",
        "Of the lower end, share of an SD": "3.1%",
        "Of the upper end, share of an SD": "4.4%",
        "R-hat": "1.003",
    }


@pytest.mark.parametrize(
    ("lower_shift", "upper_shift", "ends"),
    [
        (0.3, -0.26, f"(lower end {MINUS}2.5 to {MINUS}2.4, upper end {MINUS}0.3 to {MINUS}0.4)."),
        (-0.1, 0.3, f"(upper end {MINUS}0.3 to {MINUS}0.2)."),
        (0.24, -0.25, ""),
    ],
)
def test_an_interval_whose_end_moved_far_is_named(
    plant: Callable[..., Results], results: Results, lower_shift: float, upper_shift: float, ends: str
) -> None:
    row = replace(TWICE, lower_shift=lower_shift, upper_shift=upper_shift, sd=OWN["sd"])
    found = replace(plant(results, "parallel_slope", **OWN), doubled=(row,))
    said = [part.text for part in diagnostics.SECTION.block(found).parts if isinstance(part, Paragraph)]
    told = [text for text in said if diagnostics.MOVED_ENDS in text]
    assert [text.endswith(f"{SLOPE} {ends}") for text in told] == [True] * bool(ends)
    # A move that the decimals do not show is none of an interval as printed.
    still = replace(found, doubled=(replace(row, sd=0.01),))
    assert diagnostics.MOVED_ENDS not in str(diagnostics.SECTION.block(still).parts)


def test_parameters_have_the_moments_of_their_draws(results: Results, lines_of: Lines, numbers_in: Any) -> None:
    """Independent draws: their Monte Carlo standard error is the SD over the root of their number, and R-hat 1."""
    lines = lines_of(diagnostics.SECTION.block(results), "parameters_parallel_change")
    posterior = results.fits["parallel_change", "reference"].posterior
    for name in ("parallel", "baseline_symptom"):
        draws, line = posterior[name].to_numpy().ravel(), lines["", name]
        expected = {"Mean": draws.mean(), "SD": draws.std(ddof=1)}
        for label, value in expected.items():
            ((shown, half),) = numbers_in(line[label])
            assert abs(shown - value) <= half
            assert half < draws.std() / 15
        about = {
            "MCSE of the mean": draws.std() / np.sqrt(draws.size), "R-hat": 1, "Bulk ESS": draws.size,
            "Tail ESS": draws.size,
        }  # fmt: skip
        for label, value in about.items():
            ((shown, _),) = numbers_in(line[label])
            assert shown == pytest.approx(value, rel=0.01 if label == "R-hat" else 0.15)


def test_forms_beside_each_other(results: Results, lines_of: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "pareto_plot", lambda *_: Heading("a figure"))
    best = FormComparison(
        model="joint_change", form="normal", elpd=-1090.14, se=25.04, p=29.63, difference=0.0, difference_se=0.0,
        weight=0.87, participants=116, k_most=0.64, k_high=2, refitted=1, r_hat=1.0023, ess=2410.0, divergences=4,
    )  # fmt: skip
    other = replace(best, form="Student-t", difference=-12.37, difference_se=3.06, weight=0.13)
    found = replace(results, comparison=(best, other), forms={("joint_change", "normal"): object()})
    block = comparison.SECTION.block(found)
    assert "summed over 116 participants" in table_of(block, "comparison_joint_change").caption
    assert lines_of(block, "comparison_joint_change")["", "Student-t"] == {
        "Form": "Student-t",
        "Log predictive density": f"{MINUS}1,090.1",
        "SE": "25.0",
        "Effective parameters": "29.6",
        "From the best": f"{MINUS}12.4",
        "SE of it": "3.1",
        "Stacking weight": "0.13",
        "Largest Pareto shape": "0.64",
        "Over the bound": "2",
        "Left out exactly": "1",
        "R-hat": "1.002",
        "Divergences": "4",
    }


def test_usual_statistics_beside_those_without_change(results: Results, lines_of: Lines) -> None:
    row = NaiveStatistic(
        model="joint_change", marker="IL-6", statistic="symptom_change", analysis="paired t test of the score",
        unit="points", n=81, observed=-8.13, data_sets=1000, lower=-1.24, median=0.11, upper=1.37, as_far=0.23,
        called_different=0.064,
    )  # fmt: skip
    block = no_change.SECTION.block(replace(results, no_change=(row, replace(row, marker="TNF", data_sets=400))))
    assert block.parts[0].text.startswith("400 to 1,000 data sets of the same size")
    caption = table_of(block, "no_change").caption
    assert "Of 400 to 1,000 data sets a share has a Monte Carlo standard error of 2.5 percentage points" in caption
    assert "where the distribution without change is skewed, a value beyond one limit" in caption
    block = no_change.SECTION.block(replace(results, no_change=(row,)))
    assert block.parts[0].text.startswith("1,000 data sets")
    assert lines_of(block, "no_change")["", CHANGE] == {
        "Statistic": CHANGE,
        "As usually analysed": "paired t test of the score [points]",
        "n": "81",
        "Observed": f"{MINUS}8.1",
        "Without change": "0.1",
        "Central 95%": f"{MINUS}1.2 to 1.4",
        "Share at least as far": "0.23",
        "Called different from 0": "6.4%",
    }


def test_seed_and_size_of_every_fit(results: Results) -> None:
    fits = {
        key: replace(fit, seed=100 + place, tune=510 + place) for place, (key, fit) in enumerate(results.fits.items())
    }
    table = table_of(reproducibility.SECTION.block(replace(results, fits=fits)), "seeds")
    assert [column.label for column in table.columns] == ["Model", "Prior", "Seed", "Chains x draws", "Warm-up draws"]
    rows = [(*key, str(100 + place), "4 x 600", str(510 + place)) for place, key in enumerate(fits)]
    assert list(table.groups[0].rows) == rows


def test_outcomes_drawn_from_the_priors_in_the_units_of_the_study(results: Results, lines_of: Lines) -> None:
    """Values evenly apart, whose quantiles are known: 1,001 from 1 to 5 pg/mL, ten times as much later, -30 to 50."""
    evenly = np.linspace(1, 5, 1001)
    marker = np.log(evenly * np.array([1, 10])[:, None]).T[None, :, None, :]
    pairs = xr.Dataset(
        {"log_marker": (("chain", "draw", "pair", "visit"), marker)},
        coords={"pair": ["P001"], "visit": ["baseline", "12 weeks"]},
    )
    who = results.selections["parallel_change"].used[:1]
    change = xr.Dataset(
        {"change_of_score": (("chain", "draw", "participant"), (20 * evenly - 50)[None, :, None])},
        coords={"participant": who},
    )
    fits = dict(results.fits)
    for model, drawn in (("marker_change", pairs), ("parallel_change", change)):
        fit = fits[model, "reference"]
        groups = {child: fit.tree[child].to_dataset() for child in fit.tree.children} | {"prior_predictive": drawn}
        fits[model, "reference"] = replace(fit, tree=xr.DataTree.from_dict(groups))
    block = priors.SECTION.block(replace(results, fits=fits))
    lines = lines_of(block, "prior_predictive")
    marker_title = "marker_change: IL-6 [pg/mL], values at both visits"
    for title, median, central in (
        (f"{marker_title}, baseline", "3.00", "1.10 to 4.90"),
        (f"{marker_title}, 12 weeks", "30.0", "11.0 to 49.0"),
        ("parallel_change: change of score", "10", f"{MINUS}28 to 48"),
    ):
        line = lines[title, "reference"]
        assert (line["Median"], line["Central 95%"]) == (median, central)
    (record,) = (
        table_of(block, "prior_predictive")
        .frame.query("model == 'parallel_change' and prior == 'reference'")
        .to_dict("records")
    )
    assert [record[name] for name in ("lower", "median", "upper")] == pytest.approx([-28, 10, 48])
