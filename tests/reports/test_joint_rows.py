"""What is said of the joint model's estimates: rows planted beside those of the other models."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.inference.estimates import Estimate, decide
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.predictive import PRIOR_DRAWS, width_error
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import prior_sets
from cochange.reports.block import Heading, Paragraph
from cochange.reports.labels import REGRESSION
from cochange.reports.needs import failed
from cochange.reports.numbers import centre, interval, with_interval
from cochange.reports.plots.chains import headline_draws
from cochange.reports.sections import limits, measurement, models, no_change, priors, summary
from cochange.reports.sensitivity import siblings
from cochange.reports.sentences import answer

JOINT = "joint_change"
ASSOCIATION = {"mean": 0.3, "median": 0.3, "sd": 0.1, "lower": 0.1, "upper": 0.5}
# Median and limits of the rows that are planted: what the data say, and the prior.
PLANTED: Mapping[str, tuple[float, float, float]] = {
    "symptom_change": (-8.1, -9.6, -6.7),
    "baseline_correlation": (0.11, -0.19, 0.38),
    "baseline_slope": (0.5, -1.0, 2.0),
    "prognostic_slope": (-0.8, -2.3, 0.7),
    "parallel_slope": (-0.2, -4.5, 4.5),
    "change_correlation": (0.09, -0.08, 0.27),
    REGRESSION: (-0.9, -2.5, -0.1),
    "marker_reliability": (0.61, 0.42, 0.79),
    "score_reliability": (0.78, 0.57, 0.93),
    "state_correlation": (0.1, -0.22, 0.39),
}
NAIVE = NaiveStatistic(
    model=JOINT, marker="IL-6", statistic="change_correlation", analysis="correlation of the two changes",
    unit="correlation", n=81, observed=0.31, data_sets=1000, lower=-0.28, median=0.08, upper=0.44, as_far=0.2,
    called_different=0.29,
)  # fmt: skip
FORBIDDEN = ("effect", "significant", "mediat")


@pytest.fixture(scope="module")
def joint(results: Results) -> Results:
    """The results with rows of the joint model, which are last: the order of the models is not what puts it first."""
    model = load_model(JOINT)
    template = results.estimates_of(prior="reference", estimand="parallel_slope")[0]
    rows = tuple(_row(model, template, name, prior) for name in PLANTED for prior in ("reference", "sceptical"))
    decisions = (*results.decisions, *(decide(row, True) for row in rows))
    return replace(
        results,
        models=(*results.models, model),
        selections={**results.selections, JOINT: model.select(results.study)},
        priors={**results.priors, JOINT: prior_sets(JOINT, model.shipped, results.study)},
        estimates=(*results.estimates, *rows),
        decisions=decisions,
    )


def _row(model: Any, template: Estimate, name: str, prior: str) -> Estimate:
    median, lower, upper = PLANTED[name]
    estimand = model.estimands[name]
    side = None if estimand.null is None else ("above" if median > 0 else "below")
    return replace(
        template, model=JOINT, prior=prior, estimand=name, unit=estimand.unit, question=estimand.question,
        meaning=estimand.meaning, null=estimand.null, mean=median, median=median, sd=(upper - lower) / 4, lower=lower,
        upper=upper, side=side, p_direction=None if side is None else 0.8, learned=0.4, prior_median=median,
        prior_sd=(upper - lower) / 4, prior_lower=lower - 0.1, prior_upper=upper + 0.05, mcse_mean=0.001,
    )  # fmt: skip


@pytest.fixture
def changed(joint: Results) -> Callable[..., Results]:
    """The same with other values in the joint model's main row of an estimand."""

    def change(estimand: str, **values: Any) -> Results:
        def of(row: Estimate) -> Estimate:
            is_it = (row.model, row.estimand, row.prior) == (JOINT, estimand, "reference")
            return replace(row, **values) if is_it else row

        rows = tuple(map(of, joint.estimates))
        return replace(joint, estimates=rows, decisions=tuple(decide(row, True) for row in rows))

    return change


def of_study(results: Results, analysis: Mapping[str, Any] | None = None, **update: Any) -> Results:
    """The results of a study whose file says something else."""
    spec = results.study.spec
    spec = spec.model_copy(update={"analysis": spec.analysis.model_copy(update=dict(analysis or {})), **update})
    return replace(results, study=replace(results.study, spec=spec))


def main_row(results: Results, estimand: str) -> Estimate:
    (row,) = results.estimates_of(model=JOINT, prior="reference", estimand=estimand)
    return row


@pytest.mark.parametrize(
    ("estimand", "low", "high", "none"),
    [
        (
            "baseline_correlation",
            "Before treatment, higher IL-6 went with lower MADRS.",
            "Before treatment, higher IL-6 went with higher MADRS.",
            "Whether IL-6 and MADRS went together before treatment is unclear.",
        ),
        (
            "baseline_slope",
            "Before treatment, MADRS was lower where IL-6 was higher.",
            "Before treatment, MADRS was higher where IL-6 was higher.",
            "Whether MADRS differed with IL-6 before treatment is unclear.",
        ),
    ],
)
def test_associations_before_treatment(changed: Any, estimand: str, low: str, high: str, none: str) -> None:
    for side, text, sign in (("below", low, -1), ("above", high, 1)):
        ends = {"lower": 0.1, "upper": 0.5} if sign > 0 else {"lower": -0.5, "upper": -0.1}
        found = changed(estimand, **{**ASSOCIATION, "median": sign * 0.3, "side": side, "p_direction": 0.999, **ends})
        (item,) = [item for item in summary.main_decisions(found) if item.estimate.estimand == estimand]
        said = answer(item, found)
        assert said.startswith(text)
        assert f"median {centre(item.estimate, found.estimates)}" in said
        assert interval(item.estimate, found.estimates) in said
        assert not [word for word in FORBIDDEN if word in said.lower()]
    unclear = changed(estimand, p_direction=0.7)
    (item,) = [item for item in summary.main_decisions(unclear) if item.estimate.estimand == estimand]
    assert answer(item, unclear).startswith(none)


def test_the_joint_model_answers_first(joint: Results) -> None:
    assert joint.models[-1].name == JOINT
    rows = [item.estimate for item in summary.main_decisions(joint)]
    for question in ("Q1", "Q3", "Q4"):
        first = [row.model == JOINT for row in rows if row.question == question]
        assert set(first) == {True, False}
        assert first == sorted(first, reverse=True)
    block = summary.SECTION.block(joint)
    headings = [part.text for part in block.parts if isinstance(part, Heading)]
    assert "Measurement error and regression to the mean" in headings
    assert "Other quantities" not in headings
    assert not [part.text for part in block.parts if isinstance(part, Paragraph) and "Not answered" in part.text]


def test_the_same_quantity_of_two_models_names_the_model(joint: Results) -> None:
    (table,) = summary.SECTION.block(joint).tables
    printed = [row[0] for row in table.groups[0].rows]
    assert "Change of MADRS per halving of IL-6 (joint_change)" in printed
    assert "Change of MADRS per halving of IL-6 (parallel_change)" in printed
    assert "Reliability of MADRS" in printed
    (implied,) = [table for table in priors.SECTION.block(joint).tables if table.name == "implied_priors"]
    assert implied.caption.startswith(
        f"Implied prior of each estimand, whole sample, of {PRIOR_DRAWS:,} draws of each set."
    )
    said = " ".join(part.text for part in priors.SECTION.block(joint).parts if isinstance(part, Paragraph))
    assert f"would have a Monte Carlo standard error of {width_error(PRIOR_DRAWS, 0.95):.0%}. Small differences" in said
    labels = [group.label for group in implied.groups]
    assert len(labels) == len(set(labels))
    assert "Change of MADRS per halving of IL-6 (parallel_change)" in labels
    # The SD of a ratio comes from a few draws far out.
    ratios = {
        group.label: [row[2] for row in group.rows] for group in implied.groups if group.rows[0][2] == "not given"
    }
    assert ratios == {"Geometric mean ratio of IL-6": ["not given", "not given"]}
    assert "The SD is not given of a ratio, nor where it is over 1.5 times that of a normal" in implied.caption


def test_of_the_prior_sets_those_fitted_are_described(joint: Results) -> None:
    def first(results: Results) -> str:
        return priors.SECTION.block(results).parts[0].text

    one = {model: {"reference": sets["reference"]} for model, sets in joint.priors.items()}
    assert first(replace(joint, priors=one)) == (
        "Every model was fitted under the prior set below. The reference set is weakly informative. Values are in the "
        "units of this study's scale."
    )
    own = {model: {"mine": sets["reference"]} for model, sets in joint.priors.items()}
    assert "below. Values are" in first(replace(joint, priors=own))
    assert "The reference set is weakly informative; the sceptical set holds small changes likely; the literature" in (
        first(joint)
    )


def test_it_is_said_of_which_scores_the_slopes_are(joint: Results, results: Results) -> None:
    said = summary.joint_and_others(joint)
    assert "Its slopes and the baseline correlation are of true scores" in said
    assert "the others are the usual analyses, on observed scores alone" in said
    off = summary.joint_and_others(of_study(joint, {"measurement": "off"}))
    assert "Its slopes and correlations are of observed scores" in off
    assert "true scores;" not in off
    assert "any outcome, with limits of detection and the rule of inclusion in the model." in said
    unchosen = of_study(joint, inclusion=None)
    assert "any outcome, with limits of detection in the model." in summary.joint_and_others(unchosen)
    measured = joint.study.data.assign(marker_status=joint.study.data["marker_status"].where(False, "observed"))
    for own, words in ((joint, ", with the rule of inclusion in the model"), (unchosen, "")):
        changed_study = replace(own.study, data=measured)
        assert f"any outcome{words}. Its" in summary.joint_and_others(replace(own, study=changed_study))
    alone = summary.joint_and_others(replace(joint, models=joint.models[-1:]))
    assert "others" not in alone
    assert summary.joint_and_others(results) == ""


def test_a_reliability_that_the_data_moved(joint: Results) -> None:
    said = measurement.learned(main_row(joint, "marker_reliability"), joint)
    assert said == (
        "Reliability of IL-6: posterior 0.61 (0.42 to 0.79), prior 0.61 (0.32 to 0.84); the interval is 40% narrower "
        "than the prior's."
    )


@pytest.mark.parametrize(
    ("prior_median", "words"),
    [
        (0.79, "The data say hardly anything of the reliability of MADRS: the posterior is the prior's, or nearly so;"),
        (0.55, "The data moved the reliability of MADRS without making it any surer:"),
    ],
)
def test_a_reliability_as_wide_as_its_prior(changed: Any, prior_median: float, words: str) -> None:
    found = changed("score_reliability", learned=0.04, prior_median=prior_median, prior_sd=0.09)
    said = measurement.learned(main_row(found, "score_reliability"), found)
    assert said.startswith(words)
    assert f"posterior 0.78 (0.57 to 0.93), prior {prior_median}" in said


def test_the_section_on_measurement_shows_its_rows(joint: Results) -> None:
    block = measurement.SECTION.block(joint)
    (figure,) = block.figures
    (table,) = block.tables
    rows = [main_row(joint, name) for name in ("marker_reliability", "score_reliability", "state_correlation")]
    for row in rows:
        assert with_interval(row, joint.estimates) in figure.alt
    printed = {group.label: group.rows for group in table.groups}
    assert [row[0] for row in printed["Reliability of IL-6"]] == ["reference", "sceptical"]
    assert printed["Reliability of IL-6"][0][3:5] == (
        centre(rows[0], joint.estimates),
        interval(rows[0], joint.estimates),
    )
    assert "regression to the mean alone would give" in block.parts[-1].text


def test_regression_to_the_mean_in_points_and_as_a_share(joint: Results, changed: Any) -> None:
    said = measurement.regression_to_mean(main_row(joint, REGRESSION), joint)
    assert "People chosen for PHQ-9 above 9 come back towards the mean" in said
    assert (
        "Of the mean change of MADRS of \u22128.1 points (\u22129.6 to \u22126.7), regression to the mean alone would "
        "give \u22120.9 points (\u22122.5 to \u22120.1); of the medians that is 11.1%."
    ) in said
    assert "passing part of PHQ-9" in said
    # Of a change that may be none, or goes the other way, a share says nothing.
    for values in ({"upper": 0.4}, {"median": 8.1, "lower": 6.7, "upper": 9.6}):
        found = changed("symptom_change", **values)
        assert "of the medians" not in measurement.regression_to_mean(main_row(found, REGRESSION), found)
    inclusion = joint.study.spec.inclusion
    assert inclusion is not None
    column = joint.study.spec.symptom.columns[0]
    on_baseline = of_study(joint, inclusion=inclusion.model_copy(update={"score": "MADRS", "column": column}))
    assert on_baseline.study.spec.inclusion_on_baseline
    assert "passing part" not in measurement.regression_to_mean(main_row(joint, REGRESSION), on_baseline)


def test_a_failed_fit_is_not_spoken_of(joint: Results) -> None:
    diagnosis = replace(joint.diagnostics[0], model=JOINT, prior="reference", status="do not report")
    bad = replace(joint, diagnostics=(*joint.diagnostics, diagnosis))
    assert failed(joint, JOINT) == ""
    assert (
        failed(bad, JOINT) == "Do not report: the fit of joint_change under the reference prior failed its diagnostics."
    )
    block = measurement.SECTION.block(bad)
    texts = [part.text for part in block.parts if isinstance(part, Paragraph)]
    assert failed(bad, JOINT) in texts
    assert not [text for text in texts if "regression to the mean alone" in text]
    assert not [part for part in block.parts if part.kind == "points"]


def test_limits_follow_what_was_fitted(joint: Results, results: Results) -> None:
    def said(of: Results) -> str:
        return " ".join(limits.SECTION.block(of).parts[0].items)

    assert "These models do not separate it." in said(results)
    assert "joint_change says how much" not in said(results)
    assert "These models leave out participants" in said(results)
    text = said(joint)
    assert "joint_change says how much, of errors at baseline alone; the usual analyses do not separate it." in text
    assert "missing at random given what was observed of the participant" in text
    assert "The screening score is taken to share a part" in text
    assert "The other models leave out participants" in text
    kept = tuple(row for row in joint.estimates if row.estimand != REGRESSION)
    off = said(of_study(replace(joint, estimates=kept), {"measurement": "off"}))
    assert "With observed scores taken as true, no model here separates it." in off
    assert "It takes observed scores as true" in off
    assert "reliabilities" not in off
    two = tuple(joint.study.spec.marker) * 2
    several = {"analysis": {"marker": "IL-6"}, "marker": two}
    assert "joint_change takes them all at once, the other models IL-6 alone" in said(of_study(joint, **several))
    assert "These models take IL-6 alone" in said(of_study(results, **several))


def test_several_markers_are_kept_apart(joint: Results) -> None:
    row = main_row(joint, "parallel_slope")
    rows = [
        replace(row, marker=marker, prior=prior) for marker in ("IL-6", "TNF") for prior in ("reference", "sceptical")
    ]
    decisions = tuple(decide(item, True) for item in rows)
    found = replace(joint, decisions=decisions, estimates=tuple(rows))
    assert [item.estimate.marker for item in siblings(decisions[2], found)] == ["TNF", "TNF"]
    assert "fall of TNF" in answer(decide(replace(rows[2], p_direction=0.999), True), found)
    (table,) = [table for table in models.SECTION.block(found).tables if table.name == "estimands_joint_change"]
    titles = {line[0]: line[1] for group in table.groups for line in group.rows}
    assert titles["parallel_slope"] == "Change of MADRS per halving of each marker"


@pytest.mark.parametrize(
    ("statistic", "observed", "p_direction", "said"),
    [
        ("prognostic_slope", 0.6, 0.89, True),
        ("prognostic_slope_ancova", 0.6, 0.89, True),
        ("prognostic_slope", 0.31, 0.89, False),
        ("prognostic_slope", 0.6, 0.99, False),
        ("score_on_baseline", 0.6, 0.89, False),
        ("parallel_slope", 0.6, 0.99, True),
    ],
)
def test_a_statistic_beyond_does_not_contradict_an_unclear_answer(
    changed: Callable[..., Results], statistic: str, observed: float, p_direction: float, said: bool
) -> None:
    found = changed("prognostic_slope", p_direction=p_direction)
    rows = (replace(NAIVE, statistic=statistic, observed=observed), NAIVE)
    block = no_change.SECTION.block(replace(found, no_change=rows))
    text = " ".join(part.text for part in block.parts if isinstance(part, Paragraph))
    assert ("is no contradiction" in text) == said
    slope = "halving" if statistic == "parallel_slope" else "doubling of baseline"
    of = f"leaves the direction unclear of Change of MADRS per {slope} {'of ' * (slope == 'halving')}IL-6 is no"
    assert (of in text) == said


def test_each_marker_has_a_trace_of_its_own(joint: Results) -> None:
    draws = xr.DataArray(
        np.arange(12.0).reshape(2, 3, 2), dims=("chain", "draw", "marker"), coords={"marker": ["IL-6", "TNF"]}
    )
    fit: Any = SimpleNamespace(model=JOINT, prior="reference", draws=3)
    panels = headline_draws(fit, replace(joint, draws={(JOINT, "reference"): {"marker_reliability": draws}}))
    assert list(panels) == ["Reliability of IL-6", "Reliability of TNF"]
    assert panels["Reliability of TNF"].dims == ("chain", "draw")


def test_the_benchmark_shows_every_statistic(joint: Results) -> None:
    rows = (
        NAIVE,
        replace(NAIVE, statistic="symptom_change", unit="points", lower=-1.0, median=0.0, upper=1.0, observed=-8.0),
    )
    block = no_change.SECTION.block(replace(joint, no_change=rows))
    (figure,) = block.figures
    assert "Correlation of the changes of IL-6 and MADRS: observed 0.31" in figure.alt
    assert "Mean change of MADRS [points]: observed \u22128.0" in figure.alt
    (table,) = block.tables
    assert [row[3] for row in table.groups[0].rows] == ["0.31", "\u22128.0"]
    texts = [part.text for part in block.parts if isinstance(part, Paragraph)]
    assert "1 lies beyond: Mean change of MADRS" in texts[1]
    assert texts[-1].startswith("With one arm and two visits")
    assert not [word for text in texts for word in ("effect of", "significant", "mediat") if word in text.lower()]
