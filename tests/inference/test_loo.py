"""Leave-one-out cross-validation against a model whose predictive density is known in closed form."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import arviz_stats as azs
import numpy as np
import pytest
import xarray as xr
from scipy import optimize, special, stats

from cochange.data.study import Study
from cochange.inference.compiled import compile_model
from cochange.inference.fit import Fit, sample
from cochange.inference.loo import GROUP, FormComparison, compare_forms, with_loo
from cochange.inference.progress import Silent
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model

# A sample of a normal distribution with known spread, and one value that importance sampling cannot leave out.
VALUES = np.append(np.random.default_rng(3).normal(0, 1, 15), 14.0)
PRIOR_SD = 10.0


class Told(Silent):
    """What a reporter was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def fitted(example_study: Study, known_density: Callable[[np.ndarray], str], told: Told) -> Fit:
    model = load_model(known_density(VALUES))
    priors, settings = model.shipped["reference"], Settings(seed=1)
    compiled = compile_model(model, example_study, priors)
    return with_loo(sample(compiled, "reference", priors, settings), compiled, priors, settings, told)


def exact() -> np.ndarray:
    """Log density of each value given the others: normal, with the posterior of the mean of the others."""
    found = []
    for position, value in enumerate(VALUES):
        others = np.delete(VALUES, position)
        precision = len(others) + PRIOR_SD**-2
        found.append(stats.norm.logpdf(value, others.sum() / precision, np.sqrt(1 + 1 / precision)))
    return np.array(found)


def test_values_are_foretold_as_in_closed_form(fitted: Fit) -> None:
    loo = fitted.tree[GROUP].to_dataset()
    # An error of the posterior mean moves a log density by the residual times that error.
    mean = fitted.posterior["mean"]
    bound = 4 * float(azs.mcse(mean)) * (1 + np.abs(VALUES - float(mean.mean())))
    assert (np.abs(loo["elpd"].values - exact()) < bound)[:-1].all()
    assert bound[:-1].max() < 0.15


def test_the_value_that_importance_sampling_cannot_leave_out_is_left_out_exactly(fitted: Fit, told: Told) -> None:
    assert told.steps == [f"{fitted.model}: 1 refit, one participant left out at a time"]
    loo = fitted.tree[GROUP].to_dataset()
    assert loo["pareto_k"].values[-1] > loo.attrs["good_k"]
    assert loo["refitted"].values.tolist() == [False] * (len(VALUES) - 1) + [True]
    # The log density of 14 is steep in the mean: its Monte Carlo error is larger.
    assert loo["elpd"].values[-1] == pytest.approx(exact()[-1], abs=1.0)
    approximate = fitted.posterior["mean"].values.ravel()
    unweighted = np.log(np.mean(np.exp(stats.norm.logpdf(VALUES[-1], approximate))))
    assert abs(loo["elpd"].values[-1] - exact()[-1]) < abs(unweighted - exact()[-1])


def test_the_effective_number_of_parameters_is_what_the_data_seen_gain(fitted: Fit) -> None:
    """The log density of the data where they were seen, less where each was left out, exactly where it had to be."""
    loo, mean = fitted.tree[GROUP].to_dataset(), fitted.posterior["mean"].values.ravel()
    density = stats.norm.logpdf(VALUES, mean[:, None])
    seen = special.logsumexp(density, axis=0) - np.log(len(mean))
    assert loo.attrs["p"] == pytest.approx(seen.sum() - float(loo["elpd"].sum()))


def test_a_model_without_a_density_of_each_participant_stays_as_it_is(one_mean: object, fit_of: object) -> None:
    fit = fit_of(np.zeros((2, 10)))  # type: ignore[operator]

    class Compiled:
        model = one_mean

    assert with_loo(fit, Compiled(), None, Settings()) is fit  # type: ignore[arg-type]


def chains(spread: float = 0.0, divergences: int = 0) -> dict[str, xr.Dataset]:
    """Four chains of one parameter, whose means lie `spread` apart."""
    rng = np.random.default_rng(8)
    dims = ("chain", "draw")
    draws = rng.normal(spread * np.arange(4)[:, None], 1, (4, 500))
    diverging = np.arange(2000).reshape(4, 500) < divergences
    stats = {"diverging": diverging, "energy": rng.normal(size=(4, 500)), "depth": np.ones((4, 500), int)}
    sample_stats = xr.Dataset({name: (dims, values) for name, values in stats.items()})
    return {"posterior": xr.Dataset({"mean": (dims, draws)}), "sample_stats": sample_stats}


def planted(
    elpd: np.ndarray,
    pareto_k: float | np.ndarray = 0.1,
    refitted: bool | np.ndarray = False,
    spread: float = 0.0,
    divergences: int = 0,
) -> xr.DataTree:
    n = len(elpd)
    loo = xr.Dataset(
        {
            "elpd": ("participant", elpd),
            "pareto_k": ("participant", np.full(n, pareto_k)),
            "refitted": ("participant", np.full(n, refitted)),
        },
        coords={"participant": [f"P{index}" for index in range(n)]},
        attrs={"p": 3.0, "n_samples": 4000, "good_k": 0.7},
    )
    return xr.DataTree.from_dict({GROUP: loo, **chains(spread, divergences)})


def compared(fit_of: object, **trees: xr.DataTree) -> Mapping[str, FormComparison]:
    fits = {("one_mean", name): replace(fit_of(np.zeros((2, 10))), tree=tree) for name, tree in trees.items()}  # type: ignore[operator]
    return {row.form: row for row in compare_forms(fits)}


def test_the_difference_of_two_forms_is_that_of_their_pairs(fit_of: object) -> None:
    rng = np.random.default_rng(5)
    better = rng.normal(-3, 1, 80)
    worse = better - rng.normal(0.1, 0.2, 80)
    rows = compared(fit_of, worse=planted(worse), better=planted(better))
    assert list(rows) == ["better", "worse"]
    assert rows["worse"].difference == pytest.approx((worse - better).sum())
    assert rows["worse"].difference_se == pytest.approx(np.sqrt(80) * (worse - better).std(ddof=1))
    assert rows["better"].elpd == pytest.approx(better.sum())
    assert rows["better"].difference == 0
    assert rows["better"].se == pytest.approx(np.sqrt(80) * better.std(ddof=1))
    assert rows["better"].weight + rows["worse"].weight == pytest.approx(1)


def test_weights_are_those_of_the_best_mixture(fit_of: object) -> None:
    """Of two forms each of which foretells some participants better: the mixture of highest log density."""
    rng = np.random.default_rng(6)
    one, other = rng.normal(-3, 1, (2, 80))
    best = optimize.minimize_scalar(
        lambda share: -np.log(share * np.exp(one) + (1 - share) * np.exp(other)).sum(), bounds=(0, 1), method="bounded"
    )
    assert 0.2 < best.x < 0.8
    rows = compared(fit_of, one=planted(one), other=planted(other))
    assert rows["one"].weight == pytest.approx(best.x, abs=1e-3)


def test_high_pareto_shapes_are_counted(fit_of: object) -> None:
    shape = np.linspace(0.05, 0.92, 30)
    # Eight lie over the bound of 0.7, and four of them were left out exactly.
    rows = compared(fit_of, alone=planted(np.full(30, -2.0), pareto_k=shape, refitted=shape > 0.81))
    row = rows["alone"]
    assert (row.k_high, row.refitted, row.participants, row.k_most) == (8, 4, 30, pytest.approx(0.92))
    assert np.isnan(row.difference)


def test_forms_whose_chains_do_not_agree_are_told_apart(fit_of: object) -> None:
    values = np.full(30, -2.0)
    rows = compared(
        fit_of, good=planted(values), apart=planted(values, spread=1), diverging=planted(values, divergences=2)
    )
    assert {form: row.sampled for form, row in rows.items()} == {"good": True, "apart": False, "diverging": False}
    assert rows["diverging"].divergences == 2
    assert rows["apart"].r_hat > 1.1 > rows["good"].r_hat
    assert rows["good"].ess == pytest.approx(2000, rel=0.2)
