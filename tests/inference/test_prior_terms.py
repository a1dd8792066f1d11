"""What prior sets imply, against closed forms."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.data.study import Study
from cochange.inference.impossible import impossible_scores
from cochange.inference.plan import usual_models
from cochange.inference.predictive import PRIOR_DRAWS
from cochange.inference.prior_terms import PriorTerms, prior_terms, terms_of
from cochange.inference.settings import Settings
from cochange.models.parts.contract import Model, load_model
from cochange.models.parts.families import Gamma, Normal
from cochange.models.parts.prior_sets import PriorsLike, families, prior_sets
from cochange.models.parts.readings import representatives

# Of some twenty comparisons one lies beyond 4 standard errors once in a thousand times.
FAR = 4.0
NONE = Normal(mean=0, sd=1e-9)
NO_SPREAD = Gamma(shape=1e8, rate=1e17)


def fixed(value: float) -> Gamma:
    """A prior of a spread that lies at one value."""
    return Gamma(shape=1e10, rate=1e10 / value)


@pytest.fixture(scope="module")
def simple(example_study: Study) -> tuple[Model, PriorsLike]:
    """A set of `symptom_change` under which every change is normal: mean -9, SD 3 of the mean, 8 of the residual."""
    model = load_model("symptom_change")
    priors = replace(
        prior_sets("symptom_change", model.shipped, example_study)["reference"],
        intercept=Normal(mean=-9, sd=3),
        sigma=fixed(8),
        prognostic=NONE,
        baseline_symptom=NONE,
        covariate=NONE,
        group_sd=NO_SPREAD,
        site_sd=NO_SPREAD,
    )
    return model, priors


@pytest.fixture(scope="module")
def simple_terms(example_study: Study, simple: tuple[Model, PriorsLike]) -> PriorTerms:
    return terms_of(simple[0], example_study, "simple", simple[1], Settings())


@pytest.fixture(scope="module")
def given(example_study: Study, simple: tuple[Model, PriorsLike]) -> np.ndarray:
    """Baseline scores of those whom new participants are like."""
    used = simple[0].select(example_study).used
    who = used[representatives(len(used))]
    return example_study.data["symptom"].sel(participant=who, visit=example_study.baseline).values


def shares_of(terms: PriorTerms) -> Mapping[str, float]:
    return {share.name: share.value for share in terms.shares}


def test_the_share_of_impossible_scores_is_the_tail_of_the_normal(
    example_study: Study, simple: tuple[Model, PriorsLike], simple_terms: PriorTerms
) -> None:
    change = stats.norm(-9, np.hypot(3, 8))
    used = simple[0].select(example_study).used
    before = example_study.data["symptom"].sel(participant=used, visit=example_study.baseline).values
    # Whole scores: what rounds to 0 or to 60 is possible.
    expected = (change.cdf(-0.5 - before) + change.sf(60.5 - before)).mean()
    assert 0.01 < expected < 0.5
    found = shares_of(simple_terms)["MADRS at 12 weeks (ancova) outside 0 to 60: values impossible on the scale"]
    assert found == pytest.approx(expected, abs=FAR * np.sqrt(expected * (1 - expected) / PRIOR_DRAWS))


def test_the_share_of_responders_is_the_normal_mass_under_half_of_the_baseline(
    simple_terms: PriorTerms, given: np.ndarray
) -> None:
    most = np.floor(given / 2) + 0.5
    expected = stats.norm(-9, np.hypot(3, 8)).cdf(most - given).mean()
    found = shares_of(simple_terms)["new participants with a fall of the MADRS by 50% or more"]
    assert found == pytest.approx(expected, abs=FAR * np.sqrt(expected * (1 - expected) / PRIOR_DRAWS))


def test_a_wide_set_counts_falls_of_baseline_scores_on_the_scale(example_study: Study) -> None:
    (terms,) = prior_terms(example_study, ["joint_change"], ["diffuse"])
    (baseline,) = (item for item in terms.readings if item.name == "MADRS at baseline")
    assert baseline.lower < -60
    assert baseline.upper > 120
    # A follow-up spread as widely lies under half of any score on the scale as often as under that of an observed one.
    (share,) = (item for item in terms.estimands if item.name == "response_probability")
    found = shares_of(terms)["new participants with a fall of the MADRS by 50% or more"]
    assert found == pytest.approx(share.median, abs=0.05)


def quantile_error(distribution: Any, share: float) -> float:
    """Monte Carlo standard error of a quantile of the draws."""
    return float(np.sqrt(share * (1 - share) / PRIOR_DRAWS) / distribution.pdf(distribution.ppf(share)))


def test_quantiles_of_the_response_probability_are_those_of_the_mean_change_turned_around(
    example_study: Study, simple: tuple[Model, PriorsLike], simple_terms: PriorTerms
) -> None:
    (row,) = (item for item in simple_terms.estimands if item.name == "response_probability")
    used = simple[0].select(example_study).used
    y0 = example_study.data["symptom"].sel(participant=used, visit=example_study.baseline).values
    change = stats.norm(-9, 3)
    for found, share in zip((row.lower, row.median, row.upper), (0.025, 0.5, 0.975), strict=True):
        mean = change.ppf(1 - share)
        expected = stats.norm(mean, 8).cdf(np.floor(y0 / 2) + 0.5 - y0).mean()
        # The share rises nowhere faster than the density of the residual at its top.
        steepest = stats.norm(0, 8).pdf(0)
        assert found == pytest.approx(expected, abs=FAR * steepest * quantile_error(change, share))


IMPLIED = [
    ("symptom_change", "literature", "symptom_change (ancova)", stats.norm(-9, 3)),
    ("symptom_change", "reference", "prognostic_slope (change score)", stats.norm(0, 2.5)),
    ("marker_change", "literature", "geometric_mean_ratio", stats.lognorm(0.2, scale=np.exp(-0.1))),
    ("marker_change", "reference", "geometric_mean_ratio", stats.lognorm(0.5)),
    ("parallel_change", "sceptical", "parallel_slope", stats.norm(0, 0.5)),
    ("joint_change", "literature", "baseline_slope", stats.norm(0.6, 1)),
    ("joint_change", "reference", "score_reliability", stats.beta(16, 4)),
]


@pytest.mark.parametrize(("model", "prior", "name", "expected"), IMPLIED)
def test_implied_estimands_are_those_of_the_set_asked_for(
    example_study: Study, model: str, prior: str, name: str, expected: Any
) -> None:
    # The first set is built and drawn from before: nothing of it may stay.
    terms = prior_terms(example_study, [model], ["diffuse", prior])[1]
    (row,) = (item for item in terms.estimands if item.name == name)
    for found, share in zip((row.lower, row.median, row.upper), (0.025, 0.5, 0.975), strict=True):
        assert abs(found - expected.ppf(share)) < FAR * quantile_error(expected, share), share


def test_the_implied_change_correlation_is_the_tangent_of_a_normal(example_study: Study) -> None:
    (terms,) = prior_terms(example_study, ["parallel_change"], ["reference"])
    (row,) = (item for item in terms.estimands if item.name == "change_correlation")
    z = stats.norm(0, 0.5)
    for found, share in zip((row.lower, row.median, row.upper), (0.025, 0.5, 0.975), strict=True):
        assert abs(np.arctanh(found) - z.ppf(share)) < FAR * quantile_error(z, share)


def test_readings_of_the_marker_are_in_its_unit(example_study: Study) -> None:
    (terms,) = prior_terms(example_study, ["marker_change"], ["literature"])
    assert [(row.name, row.unit) for row in terms.readings] == [
        ("IL-6 at baseline", "pg/mL"),
        ("IL-6 at 12 weeks", "pg/mL"),
    ]
    centre = float(example_study.data["marker_value"].sel(visit="baseline").median())
    # The log of a reading lies around the median with an SD of 2.5 and that of the participants under it.
    assert terms.readings[0].median == pytest.approx(centre, rel=FAR * 3 * 1.25 / np.sqrt(PRIOR_DRAWS))
    assert terms.readings[0].lower < 0.5 < terms.readings[0].upper


def test_only_parameters_the_study_calls_for_are_named(example_study: Study) -> None:
    found = {terms.model: terms for terms in prior_terms(example_study, priors=["reference"])}
    assert set(found) == set(usual_models(example_study))
    assert set(families(found["marker_change"].priors)) - set(found["marker_change"].parameters) == {"arm", "nu"}
    joint = found["joint_change"]
    assert set(families(joint.priors)) - set(joint.parameters) == {
        "slope_spread",
        "marker_arm",
        "score_arm",
        "marker_arm_baseline",
        "score_arm_baseline",
        "benefit",
        "well_sd",
        "plate_sd",
        "nu",
    }
    assert {"screening_mean", "state_z"} <= set(joint.parameters)
    counted = found["symptom_change"].parameters
    assert "sigma" in counted
    assert not any(name.startswith("log_odds_") for name in counted)


def test_the_same_seed_gives_the_same_terms(example_study: Study) -> None:
    first, again, other = (
        prior_terms(example_study, ["marker_change"], ["reference"], seed)[0].estimands for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_model_without_readings_shows_its_estimands(one_mean: Model, example_study: Study) -> None:
    terms = terms_of(one_mean, example_study, "reference", one_mean.shipped["reference"], Settings())
    assert (terms.readings, terms.shares) == ((), ())
    assert {row.name for row in terms.estimands} == {"mean", "ratio", "share"}
    mean = next(row for row in terms.estimands if row.name == "mean")
    assert abs(mean.upper - 19.6) < FAR * quantile_error(stats.norm(0, 10), 0.975)


def test_a_run_and_the_command_say_the_same_of_a_prior_set(example_run: Any) -> None:
    """The draws are the same ones, so shares and quantiles agree to the last digit."""
    results = example_run.results
    for item in prior_terms(results.study):
        drawn = results.fits[item.model, item.prior].tree["prior_predictive"].to_dataset()
        stored = [one.share for one in impossible_scores(drawn, item.model, results.study)]
        assert [share.value for share in item.shares if "impossible" in share.name] == stored
        rows = {row.estimand: row for row in results.estimates_of(item.model, item.prior) if row.group == "overall"}
        for quantity in item.estimands:
            if (row := rows.get(quantity.name)) is not None and row.form is None:
                assert quantity.median == pytest.approx(row.prior_median, rel=1e-12)
