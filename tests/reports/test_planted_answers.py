"""Every answer for every planted result: positive, negative, null, prior-sensitive, not converged and censored.

The words that must stand there are written here, estimand by estimand; numbers are read back from the sentences.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.estimates import Estimate, decide
from cochange.inference.plan import OF_MANY_VISITS
from cochange.inference.results import Results
from cochange.models.parts.contract import available, load_model
from cochange.reports.numbers import MINUS
from cochange.reports.sections import limits, methods, summary
from cochange.reports.sections import study as study_section
from cochange.reports.sentences import answer

ARMS = "South versus North"
SCENARIOS = ("positive", "negative", "null", "prior-sensitive", "not converged", "censored")
# What is said of a fall, of a rise, and of neither, at the beginning of the answer. None: no direction is spoken of.
CLAIMS: Mapping[str, tuple[str, str, str] | None] = {
    "geometric_mean_ratio": (
        "The geometric mean of IL-6 fell.",
        "The geometric mean of IL-6 rose.",
        "Whether the geometric mean of IL-6 fell or rose is unclear.",
    ),
    "arm_ratio": (
        "The geometric mean ratio of IL-6 was lower in arm South than in arm North.",
        "The geometric mean ratio of IL-6 was higher in arm South than in arm North.",
        "Whether the geometric mean ratio of IL-6 differed between arms South and North is unclear.",
    ),
    "symptom_change": (
        "The mean MADRS score fell.",
        "The mean MADRS score rose.",
        "Whether the mean MADRS score fell or rose is unclear.",
    ),
    "arm_difference": (
        "Mean MADRS fell more, or rose less, in arm South than in arm North.",
        "Mean MADRS rose more, or fell less, in arm South than in arm North.",
        "Whether the mean change of MADRS differed between arms South and North is unclear.",
    ),
    "baseline_correlation": (
        "Before treatment, higher IL-6 went with lower MADRS.",
        "Before treatment, higher IL-6 went with higher MADRS.",
        "Whether IL-6 and MADRS went together before treatment is unclear.",
    ),
    "baseline_slope": (
        "Before treatment, MADRS was lower where IL-6 was higher.",
        "Before treatment, MADRS was higher where IL-6 was higher.",
        "Whether MADRS differed with IL-6 before treatment is unclear.",
    ),
    "prognostic_slope": (
        "A higher baseline IL-6 went with a change of MADRS further towards lower scores.",
        "A higher baseline IL-6 went with a change of MADRS further towards higher scores.",
        "Whether baseline IL-6 went with the change of MADRS is unclear.",
    ),
    "parallel_slope": (
        "Given both baselines, a larger fall of IL-6 went with a change of MADRS further towards lower scores.",
        "Given both baselines, a larger fall of IL-6 went with a change of MADRS further towards higher scores.",
        "Whether, given both baselines, the changes of IL-6 and MADRS went together is unclear.",
    ),
    "arm_difference_given_marker": (
        "Beyond what the arms' difference on IL-6 foretells by the association between people, the mean change of "
        "MADRS lay lower in arm South than in arm North.",
        "Beyond what the arms' difference on IL-6 foretells by the association between people, the mean change of "
        "MADRS lay higher in arm South than in arm North.",
        "Whether the mean change of MADRS differed between arms South and North beyond what their difference on IL-6 "
        "foretells is unclear.",
    ),
    "benefit_slope": (
        "The higher the baseline IL-6, the further the change of MADRS in arm South lay towards lower scores, against "
        "arm North.",
        "The higher the baseline IL-6, the further the change of MADRS in arm South lay towards higher scores, against "
        "arm North.",
        "Whether the difference between arms South and North in the change of MADRS went with baseline IL-6 is "
        "unclear.",
    ),
    "change_correlation": (
        "The changes of IL-6 and MADRS were negatively correlated.",
        "The changes of IL-6 and MADRS were positively correlated.",
        "Whether the changes of IL-6 and MADRS were correlated is unclear.",
    ),
    "response_probability": None,
    "remission_probability": None,
    "regression_to_mean": None,
    "marker_reliability": None,
    "score_reliability": None,
    "state_correlation": None,
}
CONTRASTS = ("arm_ratio", "arm_difference", "arm_difference_given_marker", "benefit_slope")
NUMBER = rf"({MINUS}?[\d,]+(?:\.\d+)?)"
DIRECTIONS = re.compile(r"\b(fell|rose|lower in|higher in|towards|opposite|same direction|unclear)\b")
# Models of more than two visits have results of their own planted beside their sections.
MODELS = [model for model in available() if model not in OF_MANY_VISITS]
QUANTITIES = [(model, name) for model in MODELS for name in load_model(model).estimands]


@pytest.fixture(scope="module")
def base(results: Results, fabricate: Callable[..., Results], variant: Any, two_arms: Any) -> dict[str, Results]:
    """Results to plant rows in: the example, its marker mostly beyond a limit, and with randomised arms."""
    censored = fabricate(variant({"lower_limit = 0.5 ": "lower_limit = 3.0 "}))
    arms = fabricate(two_arms)
    return {
        name: replace(
            found,
            selections={model: load_model(model).select(found.study) for model in MODELS},
            models=tuple(map(load_model, MODELS)),
        )
        for name, found in {"example": results, "censored": censored, "arms": arms}.items()
    }


def values_of(kind: str, null: float | None, unit: str) -> dict[str, Any]:
    """A median and an interval on one side of the value of no change, on the other, or around it."""
    centre = 0.5 if null is None else null
    step = {"above": 0.3, "below": -0.3, "around": 0.02}[kind]
    half = 0.2137
    side = None if null is None else ("above" if step > 0 else "below")
    chance = None if null is None else (0.55 if kind == "around" else 0.9993)
    scale = 10.0 if unit.startswith("points") else 1.0
    middle = centre + scale * step
    return {
        "mean": middle, "median": middle, "sd": scale * half / 2, "lower": middle - scale * half,
        "upper": middle + scale * half, "side": side, "p_direction": chance, "mcse_mean": scale * 0.0004,
        "prior_lower": centre - 30 * scale, "prior_upper": centre + 30 * scale, "prior_sd": 15 * scale, "learned": 0.9,
    }  # fmt: skip


def planted(base: Mapping[str, Results], model: str, name: str, scenario: str, **values: Any) -> Results:
    """Results with the quantity alone, under two prior sets."""
    contrast = name in CONTRASTS
    found = base["censored" if scenario == "censored" else "arms" if contrast else "example"]
    estimand = load_model(model).estimands[name]
    kinds = {"negative": ("below",) * 2, "null": ("around",) * 2, "prior-sensitive": ("above", "around")}
    first, second = kinds.get(scenario, ("above", "above"))
    template = replace(
        found.estimates[0], model=model, estimand=name, form=None, marker=None, unit=estimand.unit, null=estimand.null,
        group=ARMS if contrast else "overall", question=estimand.question, meaning=estimand.meaning,
        smallest_important=None, below=None, inside=None, above=None,
    )  # fmt: skip
    rows = tuple(
        replace(template, prior=prior, **(values_of(kind, estimand.null, estimand.unit) | values))
        for prior, kind in (("reference", first), ("sceptical", second))
    )
    settled = scenario != "not converged"
    decisions = tuple(decide(row, settled or row.prior != "reference") for row in rows)
    return replace(found, estimates=rows, decisions=decisions)


def said_of(found: Results) -> str:
    return answer(found.decisions[0], found)


def printed(text: str) -> tuple[list[float], int]:
    """Median and limits as printed, and how many decimals they have."""
    match = re.search(rf"median {NUMBER}.*?interval {NUMBER} to {NUMBER}", text)
    assert match, text
    texts = [part.replace(MINUS, "-").replace(",", "") for part in match.groups()]
    (decimals,) = {len(part.partition(".")[2]) for part in texts}
    return [float(part) for part in texts], decimals


def test_every_estimand_that_ships_is_planted() -> None:
    assert {name for _, name in QUANTITIES} == set(CLAIMS)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("model", "name"), QUANTITIES)
def test_direction_and_words(base, forbidden, model: str, name: str, scenario: str) -> None:
    assert name in CLAIMS, f"write what is said of {name} in reports/sentences.py, and here"
    found = planted(base, model, name, scenario)
    row, claims, text = found.estimates[0], CLAIMS[name], said_of(found)
    assert not forbidden.search(text)
    assert "{" not in text
    if scenario == "not converged":
        assert text.startswith(f"Do not report: the fit of {model} under the reference prior failed its diagnostics")
        assert not DIRECTIONS.search(text)
        assert "probability" not in text.replace("probability of response", "")
        assert not re.search(r"median|interval", text)
        return
    if claims is None:
        assert not DIRECTIONS.search(text)
        assert not re.search("it lies (above|below) ", text)
    else:
        below, above, unclear = claims
        expected = {"negative": below, "null": unclear}.get(scenario, above)
        assert text.startswith(expected)
        assert [claim for claim in claims if claim in text] == [expected]
        side = "below" if scenario == "negative" else "above"
        chance = "0.55" if scenario == "null" else ">0.999"
        assert f"it lies {side} {row.null:g} with probability {chance}, given the model and the reference prior" in text
    used, everyone = len(found.selections[model].used), found.study.data.sizes["participant"]
    assert (f" in {used} of {everyone} participants: median" in text) == (used < everyone)
    agreed = "Its direction is unclear" if scenario == "null" else "Direction is judged the same"
    depends = f"Its direction depends on the prior: above {row.null} under reference; unclear under sceptical."
    assert (depends.replace(".0 under", " under") in text) == (scenario == "prior-sensitive" and claims is not None)
    assert (f"{agreed} under each." in text) == (scenario != "prior-sensitive" and claims is not None)


@pytest.mark.parametrize("mcse", [0.00004, 0.0012, 0.0201, 0.31])
@pytest.mark.parametrize(("model", "name"), QUANTITIES)
def test_no_digit_is_printed_that_monte_carlo_error_shakes(base, model: str, name: str, mcse: float) -> None:
    for scenario in set(SCENARIOS) - {"not converged"}:
        found = planted(base, model, name, scenario, mcse_mean=mcse)
        row = found.estimates[0]
        shown, decimals = printed(said_of(found))
        unit = 10.0**-decimals
        for value, own in zip(shown, (row.median, row.lower, row.upper), strict=True):
            assert abs(value - own) <= unit / 2 * (1 + 1e-9)
        on_null = any(round(limit, decimals - 1) == row.null for limit in (row.lower, row.upper))
        assert unit / 2 >= mcse or decimals == 0 or (on_null and 10 * unit / 2 >= mcse)
        # As many digits as the width of the interval has in its first two.
        assert unit >= 10 ** math.floor(math.log10(row.upper - row.lower) - 1) * (0.1 if on_null else 1) * (1 - 1e-9)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_sentence_around_the_answers_keeps_to_the_design(base, forbidden, scenario: str) -> None:
    """Summary, study, limits and methods of a single arm with two visits, all quantities planted at once."""
    found = together(base, scenario)
    texts = []
    for section in (summary, study_section, limits, methods):
        for part in section.SECTION.block(found).parts:
            texts += [str(getattr(part, "text", "")), *getattr(part, "items", ())]
    sentences = [text for block in texts for text in re.split(r"(?<=[.;:]) ", block)]
    assert len(sentences) > 80
    for sentence in sentences:
        allowed = re.search(r"cannot|was not analysed|whatever its cause|not put down", sentence)
        assert not forbidden.search(sentence) or allowed, sentence
    whole = " ".join(texts)
    assert "significan" not in whole.lower()
    assert "With one arm and no comparison, changes are described as changes" in whole
    assert "It does not show what the treatment does." in whole
    assert ("Do not report: the fit of" in whole) == (scenario == "not converged")
    assert ("lie beyond a limit of detection: what is said" in whole) == (scenario == "censored")
    assert ("Its direction depends on the prior" in whole) == (scenario == "prior-sensitive")


def together(base: Mapping[str, Results], scenario: str) -> Results:
    """Every quantity of the single-arm example at once."""
    found = base["censored" if scenario == "censored" else "example"]
    alone = [planted(base, *key, scenario) for key in QUANTITIES if key[1] not in CONTRASTS]
    estimates: tuple[Estimate, ...] = tuple(row for one in alone for row in one.estimates)
    return replace(found, estimates=estimates, decisions=tuple(item for one in alone for item in one.decisions))
