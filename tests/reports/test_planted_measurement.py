"""What is said of measurement error and of data sets without change, for planted results of every kind."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.estimates import Estimate
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.reports.labels import MEASURED, REGRESSION
from cochange.reports.numbers import with_minus
from cochange.reports.sections import measurement, no_change

Numbers = Callable[[str], list[tuple[float, float]]]
JOINT = "joint_change"
# Posterior median and limits, prior median and limits, share by which the interval is narrower than the prior's.
PLANTED = {
    "narrowed upwards": ((0.7013, 0.5502, 0.8207), (0.5, 0.2, 0.8), 0.549),
    "narrowed downwards": ((0.2988, 0.1793, 0.4498), (0.5, 0.2, 0.8), 0.549),
    "the prior's": ((0.5012, 0.2106, 0.7905), (0.5, 0.2, 0.8), 0.033),
    "moved, no surer": ((0.7012, 0.4106, 0.9905), (0.5, 0.2, 0.8), 0.033),
}
SAID = {
    "narrowed upwards": "the interval is 55% narrower than the prior's.",
    "narrowed downwards": "the interval is 55% narrower than the prior's.",
    "the prior's": "The data say hardly anything of the {}: the posterior is the prior's, or nearly so;",
    "moved, no surer": "The data moved the {} without making it any surer:",
}
NAMES = {
    "marker_reliability": "reliability of IL-6",
    "score_reliability": "reliability of MADRS",
    "state_correlation": "correlation of the errors of IL-6 and MADRS at a visit",
}
STATISTIC = NaiveStatistic(
    model=JOINT, marker="IL-6", statistic="change_correlation", analysis="correlation of the two changes",
    unit="correlation", n=81, observed=0.1, data_sets=1000, lower=-0.2843, median=0.0812, upper=0.4417,
    as_far=0.2, called_different=0.29,
)  # fmt: skip


def row_of(results: Results, name: str, **values: Any) -> Estimate:
    estimand = load_model(JOINT).estimands[name]
    return replace(
        results.estimates[0], model=JOINT, prior="reference", estimand=name, form=None, marker=None, group="overall",
        unit=estimand.unit, null=estimand.null, question=estimand.question, mcse_mean=0.0004, **values,
    )  # fmt: skip


def planted(results: Results, name: str, kind: str, **values: Any) -> Estimate:
    (median, lower, upper), (prior_median, prior_lower, prior_upper), learned = PLANTED[kind]
    row = row_of(
        results, name, mean=median, median=median, lower=lower, upper=upper, sd=(upper - lower) / 4,
        prior_median=prior_median, prior_lower=prior_lower, prior_upper=prior_upper, prior_sd=0.15, learned=learned,
    )  # fmt: skip
    return replace(row, **values)


def failing(results: Results) -> Results:
    diagnosis = replace(results.diagnostics[0], model=JOINT, prior="reference", status="do not report")
    return replace(results, diagnostics=(*results.diagnostics, diagnosis))


def texts_of(section: Any, results: Results) -> str:
    parts = section.SECTION.block(results).parts
    return " ".join(text for part in parts for text in (str(getattr(part, "text", "")), *getattr(part, "items", ())))


def test_every_quantity_of_measurement_error_is_planted() -> None:
    assert set(NAMES) == set(MEASURED)


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("name", MEASURED)
def test_a_reliability_is_said_to_be_learned_or_not(
    results: Results, forbidden: re.Pattern[str], numbers_in: Numbers, name: str, kind: str
) -> None:
    row = planted(results, name, kind)
    text = measurement.learned(row, results)
    assert SAID[kind].format(NAMES[name]) in text
    assert [other for other in set(SAID.values()) if other.format(NAMES[name]) in text] == [SAID[kind]]
    assert not forbidden.search(text)
    shown = numbers_in(text.replace("IL-6", ""))[:6]
    own = (row.median, row.lower, row.upper, row.prior_median, row.prior_lower, row.prior_upper)
    for (value, half), number in zip(shown, own, strict=True):
        assert abs(value - number) <= half * (1 + 1e-9)


@pytest.mark.parametrize(("mcse", "half"), [(0.00004, 0.005), (0.0012, 0.005), (0.0201, 0.05), (0.31, 0.5)])
def test_no_digit_of_a_reliability_is_shaken_by_monte_carlo_error(
    results: Results, numbers_in: Numbers, mcse: float, half: float
) -> None:
    for kind in PLANTED:
        text = measurement.learned(planted(results, "score_reliability", kind, mcse_mean=mcse), results)
        assert {unit for _, unit in numbers_in(text)[:3]} == {half}


# Mean change with its limits; regression to the mean with its limits; the share that is said, or none.
TO_THE_MEAN = {
    "falls by more": ((-8.1, -9.6, -6.7), (-0.9, -2.5, -0.1), "11.1%"),
    "falls by less": ((-2.0, -3.0, -1.1), (-2.5, -4.5, -0.5), "125.0%"),
    "rises together": ((6.0, 4.1, 8.2), (0.9, 0.1, 2.5), "15.0%"),
    "goes the other way": ((8.1, 6.7, 9.6), (-0.9, -2.5, -0.1), None),
    "may be none": ((-0.8, -2.1, 0.6), (-0.9, -2.5, -0.1), None),
}


@pytest.mark.parametrize("kind", TO_THE_MEAN)
def test_regression_to_the_mean_is_what_would_be_there_anyway(
    results: Results, forbidden: re.Pattern[str], numbers_in: Numbers, kind: str
) -> None:
    change, alone, share = TO_THE_MEAN[kind]

    def of(name: str, values: tuple[float, float, float]) -> Estimate:
        return row_of(results, name, **dict(zip(("median", "lower", "upper"), values, strict=True)))

    rows = (of("symptom_change", change), of(REGRESSION, alone))
    text = measurement.regression_to_mean(rows[1], replace(results, estimates=rows))
    assert "regression to the mean alone would give" in text
    assert "without any change" in text
    assert not forbidden.search(text)
    shown = [value for value, _ in numbers_in(text.partition("Of the mean change")[2])]
    assert shown[:6] == [*change, *alone]
    assert (f"of the medians that is {share}." in text) == (share is not None)
    assert ("of the medians" in text) == (share is not None)


@pytest.mark.parametrize("fine", [True, False])
def test_nothing_of_measurement_error_is_said_of_a_fit_that_failed(
    results: Results, forbidden: re.Pattern[str], fine: bool
) -> None:
    rows = tuple(planted(results, name, "narrowed upwards") for name in MEASURED)
    alone = row_of(results, REGRESSION, median=-0.9, lower=-2.5, upper=-0.1)
    found = replace(results, estimates=(*results.estimates, *rows, alone))
    text = texts_of(measurement, found if fine else failing(found))
    assert ("narrower than the prior's" in text) == fine
    assert ("regression to the mean alone would give" in text) == fine
    assert ("Do not report: the fit of joint_change under the reference prior failed" in text) != fine
    assert not forbidden.search(text)


@pytest.mark.parametrize(
    ("observed", "lies"), [(0.0812, "within"), (0.4417, "within"), (0.4499, "beyond"), (-0.2931, "beyond")]
)
@pytest.mark.parametrize("statistic", no_change.TITLES)
def test_an_observed_statistic_lies_within_or_beyond_what_errors_give(
    results: Results, forbidden: re.Pattern[str], numbers_in: Numbers, statistic: str, observed: float, lies: str
) -> None:
    unit = "points" if "symptom" in statistic or "slope" in statistic else "correlation"
    row = replace(STATISTIC, statistic=statistic, observed=observed, unit=unit)
    text, listed = no_change.sentence(row, results), no_change.beyond([row], results)
    assert text.endswith(f"lies {lies} what errors of measurement alone give.")
    assert text.startswith("With no true change at all, the usual analysis would find a ")
    assert not forbidden.search(text + listed)
    assert "{" not in text + listed
    assert ("1 lies beyond" in listed) == (lies == "beyond")
    shown = numbers_in(text.replace("IL-6", ""))
    own = (row.median, 0.95, row.lower, row.upper, row.called_different, row.observed)
    for (value, half), number in zip(shown, own, strict=True):
        assert abs(value - number) <= half * (1 + 1e-9)
    # Two digits of the width of the interval, for every number of the sentence but the share.
    assert {half for place, (_, half) in enumerate(shown) if place != 4} == {0.005}


def test_an_observed_statistic_is_told_from_the_limit_it_lies_beyond(results: Results) -> None:
    row = replace(
        STATISTIC, statistic="prognostic_slope", unit="points", lower=-0.8, median=-0.04, upper=0.71, observed=-0.82
    )
    assert with_minus("(-0.82; without change -0.80 to 0.71)") in no_change.beyond([row], results)
    row = replace(row, lower=-8.04, median=-0.4, upper=7.1, observed=-8.21)
    assert with_minus("(-8.2; without change -8.0 to 7.1)") in no_change.beyond([row], results)
    found = replace(results, no_change=(row,))
    block = no_change.SECTION.block(found)
    (figure,), (table,) = block.figures, block.tables
    assert with_minus("observed -8.2, without change -8.0 to 7.1.") in figure.alt
    assert table.groups[0].rows[0][3:6] == tuple(map(with_minus, ("-8.2", "-0.4", "-8.0 to 7.1")))


@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize("beyond", [0, 1, 2])
def test_the_benchmark_counts_what_lies_beyond_and_is_silent_where_the_fit_failed(
    results: Results, forbidden: re.Pattern[str], beyond: int, fine: bool
) -> None:
    names = ("change_correlation", "parallel_slope", "prognostic_slope")
    rows = tuple(
        replace(STATISTIC, statistic=name, observed=0.6 if place < beyond else 0.1) for place, name in enumerate(names)
    )
    found = replace(results, no_change=rows)
    text = texts_of(no_change, found if fine else failing(found))
    counted = {
        0: "None of the 3 statistics lies beyond it.",
        1: "Of the 3 statistics, 1 lies beyond:",
        2: "Of the 3 statistics, 2 lie beyond:",
    }
    assert [number for number, said in counted.items() if said in text] == ([beyond] if fine else [])
    assert ("With no true change at all" in text) == fine
    assert ("Do not report: the fit of joint_change under the reference prior failed" in text) != fine
    assert "cannot be told from a real parallel change" in text
    assert not forbidden.search(text)
