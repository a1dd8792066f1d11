"""Many prior sets of one model: the rows against the exact posterior, and no set under another's values."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.data.faults import InputError
from cochange.inference.comparing.comparison import compare_priors, draw_prior
from cochange.inference.comparing.grid import Vary, read_vary
from cochange.inference.comparing.log_prior import log_prior_of
from cochange.inference.comparing.weights import smoothed
from cochange.inference.compiled import compile_model
from cochange.inference.fit import sample_posterior
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Normal
from cochange.models.parts.prior_sets import families, prior_sets

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=7)
SETS = ["reference", "sceptical", "far", "robust"]
VARY = [Vary("mean_sd", (0.05, 0.5, 2, 5))]


@pytest.fixture(scope="module")
def comparison(conjugate, important_study):
    return compare_priors(important_study, conjugate, SETS, VARY, SETTINGS)


def rows_of(comparison, estimand):
    return {row.estimate.prior: row for row in comparison.rows if row.estimate.estimand == estimand}


def test_every_set_and_every_value_has_its_rows(comparison):
    names = ["reference", "sceptical", "far", "robust", "mean_sd=0.05", "mean_sd=0.5", "mean_sd=2", "mean_sd=5"]
    assert list(comparison.sets) == names
    assert [under.prior for under in comparison.under] == names
    assert len(comparison.rows) == 3 * len(names)


@pytest.mark.parametrize(
    "prior", ["reference", "sceptical", "far", "mean_sd=0.05", "mean_sd=0.5", "mean_sd=2", "mean_sd=5"]
)
def test_rows_are_those_of_the_exact_posterior(comparison, exact, prior):
    family = families(comparison.sets[prior])["mean"]
    known, main = exact(family.mean, family.sd), exact(0, 1)
    row = rows_of(comparison, "mean")[prior]
    estimate = row.estimate
    posterior, error = known.posterior, 4 / np.sqrt(estimate.ess_tail)
    assert estimate.mean == pytest.approx(posterior.mean(), abs=4 * estimate.mcse_mean)
    assert estimate.sd == pytest.approx(posterior.std(), rel=error)
    # The standard error of a normal sample's 2.5% quantile is 2.7 times that of its mean.
    assert [estimate.lower, estimate.upper] == pytest.approx(posterior.interval(0.95), abs=2.7 * error * estimate.sd)
    above = posterior.sf(0)
    assert estimate.p_direction == pytest.approx(max(above, 1 - above), abs=0.5 * error)
    assert estimate.below == pytest.approx(posterior.cdf(-0.3), abs=0.5 * error)
    assert estimate.above == pytest.approx(posterior.sf(0.3), abs=0.5 * error)
    assert estimate.below + estimate.inside + estimate.above == pytest.approx(1)
    shift = (posterior.mean() - main.posterior.mean()) / main.posterior.std()
    assert row.shift == pytest.approx(shift, abs=max(4 * row.shift_mcse, 2 * error * abs(shift)))
    assert row.width_ratio == pytest.approx(posterior.std() / main.posterior.std(), rel=2.7 * error)
    # The SD of 1,000 prior draws has a relative error of 2.2%, its square twice that.
    assert row.data_to_prior == pytest.approx(20 * family.sd**2, rel=0.18, abs=0.18)
    x = np.linspace(-6, 6, 20001)
    shared = np.trapezoid(np.minimum(posterior.pdf(x), stats.norm.pdf(x, family.mean, family.sd)), x)
    assert row.overlap == pytest.approx(shared, abs=0.05)


def test_a_near_set_is_reweighted_and_one_far_away_moment_matched(comparison):
    how = {under.prior: under.how for under in comparison.under}
    assert how == {
        "reference": "sampled",
        "sceptical": "moment-matched",
        "far": "moment-matched",
        "robust": "sampled",
        "mean_sd=0.05": "moment-matched",
        "mean_sd=0.5": "reweighted",
        "mean_sd=2": "reweighted",
        "mean_sd=5": "reweighted",
    }
    under = {own.prior: own for own in comparison.under}
    for prior in ("sceptical", "far", "mean_sd=0.05"):
        own = under[prior]
        assert not own.refused.hold or own.refused.efficiency * comparison.main.drawn.state.ess < 400
        assert own.weights.hold
        assert {row.pareto_k for row in own.rows} == {own.weights.k}
        assert own.least_ess >= 400
    # Plain weights fail where the posteriors are far apart, whatever their number.
    assert under["far"].refused.k > 0.7
    assert under["mean_sd=2"].drawn is under["reference"].drawn


def test_a_wider_prior_is_sampled_and_its_draws_are_reweighted_to_others(conjugate, important_study):
    comparison = compare_priors(
        important_study, conjugate, ["sceptical", "reference"], [Vary("mean_sd", (2.0,))], SETTINGS
    )
    assert [under.how for under in comparison.under] == ["sampled", "sampled", "reweighted"]
    assert not comparison.under[1].refused.hold
    assert comparison.under[2].drawn is comparison.under[1].drawn


@pytest.mark.parametrize("reason", ["no map", "no weights", "few draws left"])
def test_where_moment_matching_fails_the_set_is_sampled(conjugate, important_study, exact, monkeypatch, reason):
    def failing(drawn, own, priors, coordinates, log_prior, log_ratio):
        place = np.arange(1, log_ratio.size + 1)
        found = {
            "no map": None,
            # The tail of a Pareto distribution of shape 1.5.
            "no weights": -1.5 * np.log(place / place.size),
            # All weight on 120 draws, and the same on each.
            "few draws left": np.where(place <= 120, 40.0 + 1e-3 * place / place.size, 0.0),
        }[reason]
        return None if found is None else (drawn, smoothed(found))

    monkeypatch.setattr("cochange.inference.comparing.comparison.moved_draws", failing)
    comparison = compare_priors(important_study, conjugate, ["reference", "far"], settings=SETTINGS)
    far = comparison.under[1]
    assert far.how == "sampled"
    assert far.refused.k > 0.7
    assert far.drawn.fit.draws == 2 * SETTINGS.draws
    estimate = far.rows[0].estimate
    assert estimate.mean == pytest.approx(exact(-3, 0.2).posterior.mean(), abs=4 * estimate.mcse_mean)


def test_another_family_costs_a_compilation_and_says_so(comparison):
    assert len(comparison.compiled) == 2
    (note,) = comparison.notes
    assert note == "the prior set robust has other families (mean: StudentT): it costs a compilation"


def test_a_set_that_is_another_one_has_no_row_of_its_own(conjugate, important_study):
    own = {
        "mine": {"base": "reference", "symptom_change": {"arm": {"mean": -2, "sd": 3}}},
        "strict": {"base": "sceptical"},
    }
    analysis = important_study.spec.analysis.model_copy(update={"prior_sets": own})
    study = replace(important_study, spec=important_study.spec.model_copy(update={"analysis": analysis}))
    found = compare_priors(study, conjugate, ["reference", "mine", "strict"], (), SETTINGS)
    assert list(found.sets) == [under.prior for under in found.under] == ["reference", "strict"]
    assert found.notes == ("for conjugate the prior set 'mine' is 'reference': it is fitted once, as 'reference'",)


def test_a_decision_that_changes_is_named(comparison):
    rows = rows_of(comparison, "mean")
    assert rows["reference"].decision.direction == "increase"
    assert (rows["far"].decision.direction, rows["far"].changed) == ("decrease", "yes")
    assert rows["mean_sd=2"].changed == "no"


def test_a_ratio_is_compared_on_the_log_scale(comparison):
    means, ratios = (rows_of(comparison, name) for name in ("mean", "ratio"))
    for prior, row in means.items():
        for name in ("shift", "width", "width_ratio", "data_to_prior"):
            assert getattr(ratios[prior], name) == pytest.approx(getattr(row, name), rel=1e-2, abs=1e-2), (prior, name)


def test_draws_through_the_shared_compilation_are_those_of_a_model_built_afresh(conjugate, important_study):
    model = load_model(conjugate)
    one, other = model.shipped["reference"], model.shipped["far"]
    shared = compile_model(model, important_study, one)
    sample_posterior(shared, "reference", one, SETTINGS)
    through = sample_posterior(shared, "far", other, SETTINGS)
    afresh = sample_posterior(compile_model(model, important_study, other), "far", other, SETTINGS)
    xr.testing.assert_equal(through.fit.posterior, afresh.fit.posterior)


def test_log_prior_and_prior_draws_are_those_of_the_set_in_use(conjugate, important_study):
    model = load_model(conjugate)
    compiled = compile_model(model, important_study, model.shipped["reference"])
    log_prior = log_prior_of(compiled, model.shipped["reference"])
    points = xr.Dataset({"mean": (("chain", "draw"), np.linspace(-2, 2, 12).reshape(2, 6))})
    for name in ("reference", "far", "sceptical", "reference"):
        priors = model.shipped[name]
        known = stats.norm(priors.mean.mean, priors.mean.sd)
        np.testing.assert_allclose(log_prior.of(points, priors), known.logpdf(points["mean"]), rtol=1e-10)
        drawn = draw_prior(compiled, name, priors, SETTINGS)["mean"].values
        assert drawn.size == 1000
        assert drawn.mean() == pytest.approx(known.mean(), abs=4 * known.std() / np.sqrt(1000))
        assert drawn.std() == pytest.approx(known.std(), rel=0.1)
    assert log_prior.names == ("mean",)
    assert log_prior.elsewhere == ()


def test_values_that_look_like_integers_are_not_truncated(conjugate, important_study):
    model = load_model(conjugate)
    whole = replace(model.shipped["reference"], mean=Normal(mean=0, sd=1))
    compiled = compile_model(model, important_study, whole)
    log_prior = log_prior_of(compiled, whole)
    points = xr.Dataset({"mean": (("chain", "draw"), [[0.3, -0.7]])})
    for mean, sd in ((0.5, 1.75), (1, 2), (-0.25, 0.5)):
        priors = replace(whole, mean=Normal(mean=mean, sd=sd))
        np.testing.assert_allclose(log_prior.of(points, priors), stats.norm.logpdf(points["mean"], mean, sd))


def test_the_log_prior_of_the_joint_model_is_the_sum_over_its_parameters(example_study):
    model = load_model("joint_change")
    sets = prior_sets(model.name, model.shipped, example_study)
    compiled = compile_model(model, example_study, sets["reference"])
    log_prior = log_prior_of(compiled, sets["reference"])
    rng = np.random.default_rng(1)
    values = {
        name: (("chain", "draw", name), rng.uniform(0.1, 0.9, size=(2, 3, len(compiled.graph.coords[name]))))
        for name in ("Normal", "HalfNormal", "Beta", "Scaled")
    }
    variables = xr.Dataset({name.lower(): value for name, value in values.items()})
    densities = {
        "Normal": lambda x, family: stats.norm.logpdf(x, family.mean, family.sd),
        "HalfNormal": lambda x, family: stats.halfnorm.logpdf(x, scale=family.sd),
        "Beta": lambda x, family: stats.beta.logpdf(x, family.alpha, family.beta),
    }
    parameters = [item for item in model.parameters(example_study).items if item.prior]
    for priors in (sets["diffuse"], sets["literature"], sets["reference"]):
        named = compiled.named(variables, priors)
        expected = np.zeros((2, 3))
        for item in parameters:
            family = families(priors)[item.prior]
            density = densities[type(family).__name__](named[item.name].values, family)
            expected += density.reshape(2, 3, -1).sum(axis=-1)
        np.testing.assert_allclose(log_prior.of(variables, priors), expected, rtol=1e-9)
    assert set(log_prior.names) == {"normal", "halfnormal", "beta"}
    assert log_prior.elsewhere == ()


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        ([Vary("mean_sdd", (1.0,))], "did you mean 'mean_sd'"),
        ([Vary("mean_sd", (1.0, 1.0))], "different values"),
        ([Vary("mean_sd", (0.0,))], "must be finite and above 0"),
        ([Vary("mean_mean", (float("nan"),))], "must be finite"),
        ([Vary("mean_sd", (1.0,))] * 2, "different hyperparameters"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(conjugate, important_study, vary, told):
    with pytest.raises(InputError, match=told.replace("?", r"\?")):
        compare_priors(important_study, conjugate, vary=vary)


def test_several_faults_are_told_together(conjugate, important_study):
    with pytest.raises(InputError) as error:
        compare_priors(important_study, conjugate, vary=[Vary("mean_sd", (0.0, -1.0)), Vary("men_mean", (1.0,))])
    assert len(error.value.faults) == 3


def test_what_is_varied_is_read_from_text():
    assert read_vary("parallel_sd=0.5,1,2") == Vary("parallel_sd", (0.5, 1.0, 2.0))
    with pytest.raises(InputError, match=r"parallel_sd=0\.5,1,2"):
        read_vary("parallel_sd")
