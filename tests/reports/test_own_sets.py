"""A prior set of the study file is told with the set it began with and the priors it replaces, in the summary once."""

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


def test_a_set_without_a_base_begins_with_the_reference_set(fabricate, study, with_analysis) -> None:
    of_own = fabricate(with_analysis(study, {"prior_sets": MINE}), ("other", "reference"))
    (said,) = own_sets(of_own)
    assert "'other' of the study file begins with the reference set and replaces the priors of change in mark" in said
