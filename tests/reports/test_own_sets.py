"""A prior set of the study file is told with the set it began with and the priors it replaces, in the summary once."""

from dataclasses import replace

import pytest

from cochange.models.parts.contract import load_model
from cochange.reports.block import Paragraph
from cochange.reports.own_sets import own_sets
from cochange.reports.sections import priors, summary

MINE = {
    "mine": {
        "base": "diffuse",
        "parallel_change": {"parallel": {"mean": 0.0, "sd": 1.0}, "sigma": {"sd": 4.0}},
        "symptom_change": {"prognostic": {"mean": 0.0, "sd": 2.0}},
    },
    "other": {"marker_change": {"change": {"mean": 0.0, "sd": 0.2}}},
}
SAID = (
    "The prior set 'mine' of the study file begins with the diffuse set and replaces the priors of parallel and sigma "
    "in parallel_change; of prognostic in symptom_change; in marker_change it replaces none."
)


def test_base_and_replaced_priors_are_told_once(fabricate, study, with_analysis, results) -> None:
    of_own = fabricate(with_analysis(study, {"prior_sets": MINE}), ("mine", "reference"))
    assert list(own_sets(of_own)) == [SAID]
    for section in (summary, priors):
        said = [part.text for part in section.SECTION.block(of_own).parts if isinstance(part, Paragraph)]
        assert said.count(SAID) == 1
    assert not list(own_sets(results))


@pytest.mark.parametrize(
    ("marker", "scale", "told"),
    [
        ("IL-6", "MADRS", ""),
        ("CRP", "MADRS", "of IL-6 for CRP (marker_reliability)."),
        ("IL-6", "HAMD-17", "of MADRS for HAMD-17 (score_reliability)."),
        ("CRP", "HAMD-17", "of IL-6 for CRP (marker_reliability); of MADRS for HAMD-17 (score_reliability)."),
    ],
)
def test_sources_of_another_marker_or_scale_are_named(results, study, marker, scale, told) -> None:
    joint = load_model("joint_change")
    spec = study.spec.model_copy(
        update={
            "marker": tuple(one.model_copy(update={"name": marker}) for one in study.spec.marker),
            "symptom": study.spec.symptom.model_copy(update={"scale": scale, "min": 0, "max": 52}),
        }
    )
    other = replace(study, spec=spec)
    block = priors.render(
        replace(
            results, study=other, models=(joint,), priors={joint.name: {"reference": joint.shipped["reference"]}},
            fits={}, estimates=results.estimates[:1],
        )
    )  # fmt: skip
    said = [part.text for part in block.parts if isinstance(part, Paragraph) and "another marker or scale" in part.text]
    assert [f"than this study's: {told}" in text for text in said] == [True] * bool(told)


def test_a_set_without_a_base_begins_with_the_reference_set(fabricate, study, with_analysis) -> None:
    of_own = fabricate(with_analysis(study, {"prior_sets": MINE}), ("other", "reference"))
    (said,) = own_sets(of_own)
    assert "'other' of the study file begins with the reference set and replaces the priors of change in mark" in said
