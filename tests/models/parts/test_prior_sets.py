"""Named prior sets: carried to the study's scale, and the study's own with every fault."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.study import Study
from cochange.models import marker_change, parallel_change, symptom_change
from cochange.models.parts.families import Family, Gamma, HalfNormal, Normal, StudentT
from cochange.models.parts.prior_sets import (
    NAMES,
    carried_to,
    families,
    hyperparameters,
    notes,
    prior,
    prior_sets,
    structure,
)

MODELS = (marker_change, symptom_change, parallel_change)
IN_POINTS = {
    symptom_change: {"intercept", "prognostic", "covariate", "arm", "group_sd", "site_sd", "sigma"},
    parallel_change: {
        "intercept", "parallel", "baseline_marker", "covariate", "arm", "group_sd", "site_sd", "sigma",
    },
    marker_change: set(),
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_in_points_is_carried_to_another_scale(model: Any, name: str) -> None:
    before, after = families(model.PRIORS[name]), families(carried_to(model.PRIORS[name], 27.0))
    changed = {parameter for parameter in before if before[parameter] != after[parameter]}
    assert changed == IN_POINTS[model]
    for parameter in changed:
        old, new = before[parameter].values(), after[parameter].values()
        assert new == pytest.approx({key: value * 27 / 60 for key, value in old.items()})
        assert after[parameter].source == before[parameter].source


def test_a_spread_in_points_with_a_gamma_prior_is_carried_through_its_rate() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Priors:
        spread: Family = prior("points", "a spread")
        share: Family = prior("points per point", "a ratio")

    carried = carried_to(Priors(spread=Gamma(shape=2, rate=0.5), share=Normal(mean=1, sd=1)), 30.0)
    # The mean, shape / rate, is halved with the range.
    assert carried == Priors(spread=Gamma(shape=2, rate=1.0), share=Normal(mean=1, sd=1))


@pytest.mark.parametrize("model", MODELS)
def test_every_model_ships_the_named_sets_with_notes(model: Any) -> None:
    assert tuple(model.PRIORS) == NAMES
    for name in NAMES:
        assert all(note.unit and note.meaning for note in notes(model.PRIORS[name]).values())
    assert len({structure(priors) for priors in model.PRIORS.values()}) == 1


@pytest.mark.parametrize("model", MODELS)
def test_the_sceptical_set_is_nowhere_wider_and_the_diffuse_one_nowhere_tighter(model: Any) -> None:
    def spreads(name: str) -> dict[str, float]:
        return {key: family.values().get("sd", 0.0) for key, family in families(model.PRIORS[name]).items()}

    sceptical, reference, diffuse = map(spreads, ("sceptical", "reference", "diffuse"))
    assert all(sceptical[key] <= reference[key] <= diffuse[key] for key in reference)
    assert sceptical != reference != diffuse


def test_sources_are_given_where_the_literature_set_differs() -> None:
    for model in MODELS:
        reference, literature = families(model.PRIORS["reference"]), families(model.PRIORS["literature"])
        for parameter in ("change", "intercept", "prognostic", "parallel", "retest_z", "raw_z"):
            if parameter in literature and literature[parameter] != reference[parameter]:
                assert literature[parameter].source, f"{model.__name__}: {parameter}"


def test_hyperparameters_are_named_as_in_the_graph() -> None:
    found = hyperparameters(marker_change.PRIORS["reference"])
    assert len(found) == 15
    assert (found["change_mean"], found["change_sd"]) == (0.0, 0.5)
    assert (found["group_sd_sd"], found["nu_rate"]) == (0.3, 0.1)
    assert all(np.asarray(value).dtype == np.float64 for value in found.values())


def test_the_shipped_sets_come_in_the_units_of_the_scale(make_study: Callable[..., Study]) -> None:
    study = make_study(symptom={"scale": "Own", "range": [-20, 80], "direction": "higher is worse"})
    sets = prior_sets("symptom_change", symptom_change.PRIORS, study)
    assert sets["reference"].intercept == Normal(mean=0, sd=25)
    assert sets["reference"].baseline_symptom == Normal(mean=-0.5, sd=0.5)
    without_score = make_study(has=("marker",))
    assert prior_sets("marker_change", marker_change.PRIORS, without_score) == dict(marker_change.PRIORS)


@pytest.mark.parametrize("model", ["symptom_change", "parallel_change"])
def test_where_a_higher_score_is_better_improvement_is_a_rise(make_study: Callable[..., Study], model: str) -> None:
    study = make_study(symptom={"scale": "Own", "range": [0, 60], "direction": "higher is better"})
    shipped = {"symptom_change": symptom_change, "parallel_change": parallel_change}[model].PRIORS
    found = families(prior_sets(model, shipped, study)["literature"])
    before = families(shipped["literature"])
    assert (before["intercept"].mean, found["intercept"].mean) == (-9, 9)
    for parameter, family in before.items():
        opposite = {"mean": -family.values()["mean"]} if parameter == "intercept" else {}
        assert found[parameter].values() == family.values() | opposite


def test_own_sets_are_in_the_studys_units_and_change_what_they_name(make_study: Callable[..., Study]) -> None:
    own = {
        "ours": {
            "base": "sceptical",
            "symptom_change": {"prognostic": {"mean": -1, "sd": 2, "source": "our pilot"}},
            "parallel_change": {"parallel": {"mean": 5, "sd": 1}},
        },
        "heavy": {"symptom_change": {"prognostic": {"family": "StudentT", "df": 3, "mean": 0, "sd": 1}}},
        "other": {"parallel_change": {"parallel": {"mean": 5, "sd": 1}}},
    }
    study = make_study(symptom={"scale": "PHQ-9"}, table=_in_range_of_phq9(), analysis={"prior_sets": own})
    sets = prior_sets("symptom_change", symptom_change.PRIORS, study)
    assert tuple(sets) == (*NAMES, "ours", "heavy", "other")
    ours = families(sets["ours"])
    assert ours.pop("prognostic") == Normal(mean=-1, sd=2, source="our pilot")
    base = families(sets["sceptical"])
    base.pop("prognostic")
    assert ours == base
    assert sets["heavy"].prognostic == StudentT(df=3, mean=0, sd=1, source="the study file")
    assert structure(sets["heavy"]) != structure(sets["reference"])
    assert sets["other"] == sets["reference"]


def _in_range_of_phq9() -> Any:
    import pandas as pd

    rng = np.random.default_rng(3)
    n = 20
    scores = {f"madrs_{week}": rng.integers(0, 27, n) for week in (0, 12)}
    markers = {f"il6_{week}": rng.lognormal(0, 1, n) for week in (0, 12)}
    return pd.DataFrame({"id": [f"P{i}" for i in range(n)], **scores, **markers})


def _faults(study: Study, with_analysis: Callable[..., Study], own: dict[str, Any]) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        prior_sets("parallel_change", parallel_change.PRIORS, with_analysis(study, prior_sets=own))
    return caught.value.faults


@pytest.mark.parametrize(
    ("own", "key", "message"),
    [
        ({"base": "reference2"}, "ours.base", "one of reference, sceptical, literature, diffuse is required"),
        (
            {"parallel_change": {"paralel": {"mean": 0, "sd": 1}}},
            "ours.parallel_change.paralel",
            "did you mean 'parallel'?",
        ),
        (
            {"parallel_change": {"parallel": {"family": "Cauchy", "mean": 0, "sd": 1}}},
            "ours.parallel_change.parallel",
            "family must be one of Normal, StudentT, RobustNormal, got 'Cauchy'",
        ),
        (
            {"parallel_change": {"parallel": {"mean": 0, "scale": 1}}},
            "ours.parallel_change.parallel",
            "Normal takes mean, sd, got mean, scale",
        ),
        (
            {"parallel_change": {"sigma": {"sd": 0}}},
            "ours.parallel_change.sigma",
            "HalfNormal: sd must be finite and above 0, got 0.0",
        ),
        ({"parallel_change": {"parallel": 3}}, "ours.parallel_change.parallel", "a table of hyperparameters, got 3"),
        ({"parallel_change": 3}, "ours.parallel_change", "a table of parameters is required; found 3"),
    ],
)  # fmt: skip
def test_a_fault_names_the_key_and_what_is_wrong(
    example: Study, with_analysis: Callable[..., Study], own: dict[str, Any], key: str, message: str
) -> None:
    (fault,) = _faults(example, with_analysis, {"ours": own})
    assert fault.file == "study.toml"
    assert fault.column == f"analysis.prior_sets.{key}"
    assert message in str(fault)


def test_an_own_set_may_not_take_the_name_of_a_shipped_one(example: Study, with_analysis: Callable[..., Study]) -> None:
    (fault,) = _faults(example, with_analysis, {"sceptical": {"parallel_change": {"sigma": {"sd": 1}}}})
    assert "sceptical is shipped: give yours another name" in str(fault)


def test_all_faults_come_together(example: Study, with_analysis: Callable[..., Study]) -> None:
    own = {
        "a": {"base": "none"},
        "b": {"parallel_change": {"slope": {"mean": 0, "sd": 1}, "sigma": {"sd": -1}, "nu": {"shape": 2, "rate": 1}}},
        "c": {"parallel_change": {"raw_z": {"mean": 0}}},
        "d": {"parallel_change": {"raw_z": {"mean": 0, "sd": 1}}},
    }
    keys = [fault.column for fault in _faults(example, with_analysis, own)]
    assert keys == [
        "analysis.prior_sets.a.base",
        "analysis.prior_sets.b.parallel_change.slope",
        "analysis.prior_sets.b.parallel_change.sigma",
        "analysis.prior_sets.c.parallel_change.raw_z",
    ]


def test_the_scale_of_a_spread_may_take_another_family(example: Study, with_analysis: Callable[..., Study]) -> None:
    own = {"ours": {"parallel_change": {"sigma": {"family": "HalfStudentT", "df": 4, "sd": 6}}}}
    sets = prior_sets("parallel_change", parallel_change.PRIORS, with_analysis(example, prior_sets=own))
    assert type(sets["ours"].sigma).__name__ == "HalfStudentT"
    assert isinstance(sets["reference"].sigma, HalfNormal)
