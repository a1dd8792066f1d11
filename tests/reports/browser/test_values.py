"""The numbers the page's script shows, against NumPy and ArviZ on the draws the page carries."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import arviz_stats as azs
import numpy as np
import pytest

from cochange.inference.estimates import Estimate, important_limits
from cochange.inference.results import Results
from cochange.reports.explorer import key_of
from cochange.reports.numbers import MINUS, centre, interval, probability

SCORE, RATIO, SHARE = (
    "symptom_change/symptom_change/ancova", "marker_change/geometric_mean_ratio",
    "symptom_change/response_probability",
)  # fmt: skip


@pytest.fixture(scope="module", params=["eti", "hdi"])
def opened(request, fabricate, make_report, variant, on_disk) -> tuple[Results, Path]:
    """Made-up results with intervals of a kind, and their page."""
    study = variant({'ci_kind = "eti"': f'ci_kind = "{request.param}"'})
    results = fabricate(study)
    return results, on_disk(make_report(results, "Explore the answers").page)


def carried(path: Path) -> Any:
    """What the page carries, read from the file itself."""
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', path.read_text("utf-8"), re.S)
    return json.loads(found[1])


def draws_of(content: Any, row: Estimate) -> np.ndarray:
    (quantity,) = [item for item in content["quantities"] if item["key"] == key_of(row)]
    cell = quantity["groups"][row.group][row.prior]
    return cell["low"] + cell["step"] * np.frombuffer(base64.b64decode(cell["draws"]), "<u2").astype(float)


def again(row: Estimate, draws: np.ndarray, mass: float, smallest: float | None) -> Estimate:
    """The estimate of another mass, against another smallest important difference, by the draws carried along.

    What is asked as in the study file stays that of all draws.
    """
    given = row
    if mass != row.ci_prob:
        lower, upper = (azs.hdi if row.ci_kind == "hdi" else azs.eti)(draws, prob=mass)
        given = replace(row, lower=float(lower), upper=float(upper), ci_prob=mass)
    if row.null is None or smallest == row.smallest_important:
        return given
    if smallest is None:
        return replace(given, below=None, inside=None, above=None)
    low, high = important_limits(row.null, row.unit, smallest)
    below, above = float(np.mean(draws < low)), float(np.mean(draws > high))
    return replace(given, below=below, inside=1 - below - above, above=above)


def cells_of(row: Estimate, results: Results) -> list[tuple[str, list[float]]]:
    """The cells of its line: as the report prints them, and the numbers behind them."""
    side = "not applicable" if row.null is None else f"{probability(row.p_direction)} {row.side} {row.null:g}"
    return [
        (centre(row, results.estimates), [row.median]),
        (interval(row, results.estimates), [row.lower, row.upper]),
        (side, [] if row.p_direction is None else [row.p_direction]),
        *((probability(value), [] if value is None else [value]) for value in (row.below, row.inside, row.above)),
    ]


def assert_line(shown: list[tuple[str, str]], row: Estimate, results: Results) -> None:
    expected = cells_of(row, results)
    assert [text for text, _ in shown] == [text for text, _ in expected]
    for (_, numbers), (_, values) in zip(shown, expected, strict=True):
        assert [float(number) for number in numbers.split()] == pytest.approx(values, rel=1e-12, abs=1e-12)


def rows_of(results: Results, key: str, group: str = "overall") -> dict[str, Estimate]:
    return {row.prior: row for row in results.estimates if (key_of(row), row.group) == (key, group)}


@pytest.mark.parametrize(
    ("key", "mass", "smallest"),
    [(SCORE, "80", 8.9), (SCORE, "50", 0.0), (RATIO, "99", 1.25), (RATIO, "66.5", None), (SHARE, "90", None)],
)
def test_every_prior_set_of_a_quantity(opened, browser, key: str, mass: str, smallest: float | None) -> None:
    results, path = opened
    content = carried(path)
    browser.open(path)
    browser.choose("quantity", key)
    browser.type("mass", mass)
    if smallest is not None:
        browser.type("smallest", f"{smallest:g}")
    elif key == SHARE:
        assert not browser.at("smallest").is_enabled()
    shown = browser.table("priors")
    expected = rows_of(results, key)
    assert list(shown) == list(expected) == ["reference", "sceptical"]
    for prior, row in expected.items():
        assert_line(shown[prior], again(row, draws_of(content, row), float(mass) / 100, smallest), results)
    assert browser.console() == []


def test_main_answers_under_another_prior_set_against_the_study_files_difference(opened, browser) -> None:
    results, path = opened
    content = carried(path)
    browser.open(path)
    browser.choose("prior", "sceptical")
    browser.type("mass", "75")
    shown = list(browser.table("answers").values())
    rows = {(key_of(row), row.group): row for row in results.estimates if row.prior == "sceptical"}
    expected = [rows[key, group] for key, group in content["main"]]
    assert len(shown) == len(expected) > 5
    assert sum(row.smallest_important is not None for row in expected) == 1
    for cells, row in zip(shown, expected, strict=True):
        stated = cells.pop(3)
        assert_line(cells, again(row, draws_of(content, row), 0.75, row.smallest_important), results)
        none = "none" if row.null is not None else "not applicable"
        assert stated[0] == (none if row.smallest_important is None else f"{row.smallest_important:g}")


def test_a_group(opened, browser) -> None:
    results, path = opened
    content = carried(path)
    browser.open(path)
    browser.choose("quantity", SCORE)
    groups = {row.group for row in results.estimates if key_of(row) == SCORE} - {"overall"}
    assert groups
    for group in groups:
        browser.choose("group", group)
        for prior, cells in browser.table("priors").items():
            row = rows_of(results, SCORE, group)[prior]
            assert_line(cells, again(row, draws_of(content, row), 0.95, 3.0), results)


def test_at_first_the_numbers_are_those_of_all_draws(opened, browser) -> None:
    results, path = opened
    browser.open(path)
    for cells, (key, group) in zip(browser.table("answers").values(), carried(path)["main"], strict=True):
        cells.pop(3)
        assert_line(cells, rows_of(results, key, group)["reference"], results)


def test_dots_and_intervals_of_the_figure_are_the_draws(opened, browser) -> None:
    results, path = opened
    content = carried(path)
    browser.open(path)
    browser.choose("quantity", SCORE)
    browser.type("smallest", "8.9")
    rows = rows_of(results, SCORE)
    hundredths = np.quantile(draws_of(content, rows["reference"]), (np.arange(100) + 0.5) / 100)
    drawn = browser.script(
        "return [...arguments[0].querySelectorAll('.dot')].map((dot) => dot.classList[1])", browser.at("figure")
    )
    assert drawn == ["below" if value < -8.9 else "above" if value > 8.9 else "inside" for value in hundredths]
    assert {"below", "inside"} <= set(drawn)
    assert f"Of 100 dots {drawn.count('below')} lie under {MINUS}8.9" in browser.text("figure-title")
    # Places are linear in the values, so all ends of intervals lie on one line.
    placed = browser.script(
        "return [...arguments[0].querySelectorAll('.interval')].map((line) => [Number(line.getAttribute('x1')), "
        "Number(line.getAttribute('x2'))])",
        browser.at("figure"),
    )
    values = [again(row, draws_of(content, row), 0.95, 8.9) for row in rows.values()]
    ends = np.array([[row.lower, row.upper] for row in values])
    slope, start = np.polyfit(ends.ravel(), np.ravel(placed), 1)
    assert slope > 0
    assert start + slope * ends == pytest.approx(np.array(placed), abs=0.01)
