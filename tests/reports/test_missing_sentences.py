"""The methods say what each scenario takes values to be, with the study file's words alone in quotation marks."""

import re
from dataclasses import replace
from typing import Any

import pytest

from cochange.data.specification.tables import IntercurrentEvent, MissingDataTable
from cochange.data.study import Study
from cochange.inference.missing.analysis import EXPECTATION, UnderScenario
from cochange.inference.missing.surface import Axis, Surface
from cochange.inference.results import Results
from cochange.reports import statements
from cochange.reports.missing_sentences import events_named, scenarios_compared, tipping_analysis

NO_EFFECT: dict[str, Any] = {"event": "no effect", "strategy": "treatment policy", "missing_as": "jump to reference"}
STARTED: dict[str, Any] = {"event": "started a drug", "strategy": "treatment policy"}


def with_events(study: Study, *events: dict[str, Any], **missing: Any) -> Study:
    stated = tuple(IntercurrentEvent(**event) for event in events)
    estimand = study.spec.estimand.model_copy(update={"intercurrent_events": stated})
    changed = {"estimand": estimand, "missing_data": MissingDataTable(**missing)}
    return replace(study, spec=study.spec.model_copy(update=changed))


def under(results: Results, study: Study, *scenarios: str) -> Results:
    rows = [
        UnderScenario(scenario=name, estimator=EXPECTATION, left=3, estimate=results.estimates[0]) for name in scenarios
    ]
    return replace(results, study=study, under_scenarios=tuple(rows))


def test_scenarios_are_told_by_what_they_take_values_to_be(results: Results, two_arms: Study) -> None:
    study = with_events(two_arms, {**NO_EFFECT, "reasons": ("no effect",), "arms": ("South",), "delta_score": 2.0})
    compared = under(results, study, "as stated", "missing at random", "jump to reference")
    assert scenarios_compared(compared) == (
        "Values missing after a participant was last seen were taken in turn by these scenarios: as stated in the "
        "study file (jump to reference, +2 points, for those of arm South who left for \u201cno effect\u201d; missing "
        "at random for everyone else); missing at random for everyone who left; jump to reference for everyone who "
        "left. What a strategy takes from the reference arm is, for that arm's own participants, missing at random."
    )
    text = " ".join(map(str, statements.design(compared)))
    assert scenarios_compared(compared) in text
    own = {study.spec.study.treatment, str(study.spec.estimand.population), "no effect"}
    assert set(re.findall("\u201c(.*?)\u201d", text)) <= own
    assert "imputation with Rubin's rules (Carpenter et al. 2013; Cro et al. 2019)." in text


def test_a_rule_for_everyone_leaves_nobody_else(results: Results, two_arms: Study) -> None:
    study = with_events(two_arms, STARTED, NO_EFFECT, event_visit="stopped")
    assert scenarios_compared(under(results, study, "as stated")).startswith(
        "Values missing after a participant's intercurrent event or, where none is dated, after a participant was last "
        "seen were taken by one scenario: as stated in the study file (jump to reference for everyone who left). What"
    )
    assert scenarios_compared(under(results, study)) == ""
    assert "reference arm" not in scenarios_compared(under(results, study, "missing at random"))


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (None, "(MADRS of arm South by \u22125 to 20 points)"),
        (
            Axis(outcome="marker", arm="South", left=3, shifts=(0.5, 1.0, 2.0)),
            "(MADRS of arm South by \u22125 to 20 points and IL-6 of arm South by factors of 0.5 to 2)",
        ),
    ],
)
def test_a_tipping_analysis_says_what_it_shifts(results: Results, two_arms: Study, y: Axis | None, said: str) -> None:
    surface = Surface(
        model="joint_change", prior="reference", group="South versus North", visit="12 weeks", statements=(),
        bound=0.95, x=Axis(outcome="score", arm="South", left=3, shifts=(-5.0, 0.0, 20.0)), y=y,
        probability=((0.5,),), contour=(1.0,), at_random=0.9, tip=1.0, tip_y=1.0,
    )  # fmt: skip
    (sentence,) = tipping_analysis((surface, surface), two_arms)
    assert sentence == (
        f"A tipping analysis shifted values missing after a participant was last seen away from missing at random "
        f"{said}, and asked where the probability of a conclusion crosses 0.95."
    )
    assert sentence in " ".join(map(str, statements.design(replace(results, study=two_arms, surfaces=(surface,)))))
    assert "tipping" not in " ".join(map(str, statements.design(results)))


def test_events_are_counted(two_arms: Study) -> None:
    one, two = (with_events(two_arms, *events) for events in ((STARTED,), (STARTED, NO_EFFECT)))
    assert events_named(one.spec.estimand.intercurrent_events) == (
        "The intercurrent event was \u201cstarted a drug\u201d (treatment policy)."
    )
    assert events_named(two.spec.estimand.intercurrent_events).startswith(
        "Intercurrent events were \u201cstarted a drug"
    )
    assert events_named(()) == "No intercurrent events were named."
