"""Statements on a parameter: what is understood, and what is refused."""

import pytest

from cochange.data.faults import InputError
from cochange.inference.statements import Statement, contradictions, improbable_ratios, statement_from
from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, Normal, StudentT
from cochange.models.parts.prior_sets import ParameterNote

CHANGE = ParameterNote("points", "mean change of the score")
MEAN = ParameterNote("points", "mean score at baseline")
SPREAD = ParameterNote("points", "residual standard deviation of the change")
SHARE = ParameterNote("share", "reliability of one score")

SENTENCES = [
    ("90% sure between 4 and 14", Statement(lower=4, upper=14, mass=0.9)),
    ("90 % sure between -14 and -4", Statement(lower=-14, upper=-4, mass=0.9)),
    ("I am 80% sure of a fall of 4 to 14 points.", Statement(lower=4, upper=14, mass=0.8, fall=True, unit="points")),
    ("95% sure of a fall between 0.5 and 3", Statement(lower=0.5, upper=3, mass=0.95, fall=True)),
    ("90% sure of a rise of 1 to 6 points", Statement(lower=1, upper=6, mass=0.9, rise=True, unit="points")),
    ("50% sure of a change of -3 to +2.5 points", Statement(lower=-3, upper=2.5, mass=0.5, unit="points")),
    ("97.5% sure that it is under 12 points", Statement(lower=None, upper=12, mass=0.975, unit="points")),
    ("90% sure above 0.6", Statement(lower=0.6, upper=None, mass=0.9)),
    ("90% sure between 1 and 2 points per doubling", Statement(lower=1, upper=2, mass=0.9, unit="points per doubling")),
]


@pytest.mark.parametrize(("text", "statement"), SENTENCES)
def test_a_sentence_is_understood(text: str, statement: Statement) -> None:
    assert statement_from(text) == statement


@pytest.mark.parametrize(
    "text", ["", "between 4 and 14", "90% sure", "90% sure it falls by 4 to 14", "sure of 4 to 14"]
)
def test_another_sentence_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InputError, match="95% sure of a fall of 4 to 14 points"):
        statement_from(text)


BOUNDS = [
    (Statement(lower=4, upper=14, mass=0.9, fall=True), Normal, (-14, -4)),
    (Statement(lower=0, upper=14, mass=0.9, fall=True), Normal, (-14, 0)),
    (Statement(lower=4, upper=14, mass=0.9), StudentT, (4, 14)),
    (Statement(lower=4, upper=14, mass=0.9, rise=True), Normal, (4, 14)),
    (Statement(lower=None, upper=12, mass=0.9), HalfNormal, (0, 12)),
    (Statement(lower=0.6, upper=None, mass=0.9), Beta, (0.6, 1)),
    (Statement(lower=None, upper=0.6, mass=0.9), Beta, (0, 0.6)),
]


@pytest.mark.parametrize(("statement", "kind", "bounds"), BOUNDS)
def test_bounds_are_those_of_the_parameter(
    statement: Statement, kind: type[Family], bounds: tuple[float, float]
) -> None:
    assert statement.bounds(kind) == bounds
    assert "-0" not in f"{statement.bounds(kind)[1]:g}".split("-0.")


REFUSED = [
    (Statement(lower=-6, upper=-1, mass=0.9, rise=True), CHANGE, Normal, ["a rise in numbers of 0 or more"]),
    (Statement(lower=1, upper=6, mass=0.9, rise=True), MEAN, Normal, ["a change, which alone can be a rise"]),
    (Statement(lower=14, upper=4, mass=0.9), CHANGE, Normal, ["a lower bound under the upper one", "14 and 4"]),
    (Statement(lower=4, upper=4, mass=0.9), CHANGE, Normal, ["a lower bound under the upper one"]),
    (Statement(lower=4, upper=14, mass=90), CHANGE, Normal, ["a probability between 0 and 1", "write 90% as 0.9"]),
    (Statement(lower=4, upper=14, mass=1), CHANGE, Normal, ["a probability between 0 and 1"]),
    (Statement(lower=4, upper=14, mass=0.9, unit="kg"), CHANGE, Normal, ["a statement in points", "'kg'"]),
    (Statement(lower=4, upper=None, mass=0.9), CHANGE, Normal, ["a bound on either side"]),
    (Statement(lower=-14, upper=-4, mass=0.9, fall=True), CHANGE, Normal, ["a fall in numbers of 0 or more"]),
    (Statement(lower=4, upper=14, mass=0.9, fall=True), MEAN, Normal, ["a change, which alone can be a fall"]),
    (Statement(lower=4, upper=14, mass=0.9, fall=True), SPREAD, HalfNormal, ["a parameter that can fall below 0"]),
    (Statement(lower=-1, upper=14, mass=0.9), SPREAD, Gamma, ["a bound of 0 or more"]),
    (Statement(lower=1, upper=None, mass=0.9), SPREAD, HalfNormal, ["an upper bound"]),
    (Statement(lower=0.6, upper=1.2, mass=0.9), SHARE, Beta, ["a share, from 0 to 1", "1.2"]),
    (Statement(lower=-0.1, upper=0.9, mass=0.9), SHARE, Beta, ["a share, from 0 to 1", "-0.1"]),
    (Statement(lower=0, upper=1, mass=0.9), SHARE, Beta, ["bounds that leave something out"]),
    (
        Statement(lower=1.2, upper=0.6, mass=2, unit="points"),
        SHARE,
        Beta,
        ["a probability between 0 and 1", "a lower bound under the upper one", "a statement in share"],
    ),
]


@pytest.mark.parametrize(("statement", "note", "kind", "told"), REFUSED)
def test_a_contradiction_is_told(
    statement: Statement, note: ParameterNote, kind: type[Family], told: list[str]
) -> None:
    found = "\n".join(map(str, contradictions(statement, "it", note, kind)))
    assert found.startswith("the statement on it: ")
    for words in told:
        assert words in found


@pytest.mark.parametrize(
    ("statement", "note", "kind"),
    [
        (Statement(lower=4, upper=14, mass=0.9, fall=True, unit="points"), CHANGE, Normal),
        (Statement(lower=-14, upper=4, mass=0.9), MEAN, StudentT),
        (Statement(lower=None, upper=12, mass=0.9), SPREAD, HalfNormal),
        (Statement(lower=0.6, upper=None, mass=0.9), SHARE, Beta),
    ],
)
def test_what_holds_together_passes(statement: Statement, note: ParameterNote, kind: type[Family]) -> None:
    assert contradictions(statement, "it", note, kind) == []


def test_ratios_beyond_a_hundred_are_told_in_log_units_alone() -> None:
    log = ParameterNote("log units", "mean change of the log marker")
    assert improbable_ratios(-4.6, 4.6, log) == ""
    assert "ratios of 9.4e-14 to 4.5e-05" in improbable_ratios(-30, -10, log)
    assert improbable_ratios(-30, 5000, log)
    assert improbable_ratios(-30, -10, CHANGE) == ""
