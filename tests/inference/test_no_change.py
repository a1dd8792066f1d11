"""The usual statistics of two visits against SciPy and statsmodels, and what they come to without change."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.inference.no_change import NaiveStatistic, no_change
from cochange.inference.settings import Settings

LN2 = np.log(2)
N = 60


def two_visits(study: Study, rng: np.random.Generator, sets: int = 0) -> xr.Dataset:
    """Scores that never changed, with errors; one data set, or several along chain and draw."""
    shape = (1, sets, N) if sets else (N,)
    dims = ("chain", "draw", "participant") if sets else ("participant",)
    truth = {"IL-6": rng.normal(0, 1, shape), "MADRS": rng.normal(24, 5, shape)}
    spread = {"IL-6": 0.6, "MADRS": 3.0}
    gap = np.arange(N) % 10 == 3
    values = {}
    for visit in (study.baseline, study.follow_up):
        for name, true in truth.items():
            drawn = true + rng.normal(0, spread[name], shape)
            values[f"{name} at {visit}"] = (dims, np.where(gap & (visit == study.follow_up), np.nan, drawn))
    return xr.Dataset(values)


@dataclass(frozen=True)
class Unchanged:
    """What the benchmark asks of a model."""

    study: Study

    def observed_data(self, study: Study) -> xr.Dataset:
        return two_visits(study, np.random.default_rng(1))

    def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
        return two_visits(study, rng, draws.sizes["draw"])


@pytest.fixture(scope="module")
def rows(example_study: Study) -> dict[str, NaiveStatistic]:
    found = no_change(draws_of(1000), Unchanged(example_study), example_study, Settings())  # type: ignore[arg-type]
    return {row.statistic: row for row in found}


def draws_of(number: int) -> Any:
    """What the benchmark reads of a fit with so many draws."""
    posterior = xr.Dataset({"x": (("chain", "draw"), np.zeros((1, number)))})
    return SimpleNamespace(model="joint_change", prior="reference", posterior=posterior)


def observed(study: Study) -> tuple[np.ndarray, ...]:
    data = two_visits(study, np.random.default_rng(1))
    names = [f"{what} at {visit}" for visit in (study.baseline, study.follow_up) for what in ("IL-6", "MADRS")]
    columns = np.stack([data[name].values for name in names])
    return tuple(columns[:, ~np.isnan(columns).any(axis=0)])


def test_observed_statistics_are_those_of_scipy_and_statsmodels(
    rows: dict[str, NaiveStatistic], example_study: Study
) -> None:
    m0, y0, m1, y1 = observed(example_study)
    dm, dy = m1 - m0, y1 - y0

    def ols(outcome: np.ndarray, *columns: np.ndarray) -> float:
        return float(sm.OLS(outcome, sm.add_constant(np.column_stack(columns))).fit().params[1])

    assert rows["marker_change"].observed == pytest.approx(dm.mean())
    assert rows["symptom_change"].observed == pytest.approx(dy.mean())
    assert rows["marker_on_baseline"].observed == pytest.approx(stats.linregress(m0, dm).slope)
    assert rows["score_on_baseline"].observed == pytest.approx(stats.linregress(y0, dy).slope)
    assert rows["prognostic_slope"].observed == pytest.approx(ols(dy, m0 / LN2))
    assert rows["prognostic_slope_ancova"].observed == pytest.approx(ols(dy, m0 / LN2, y0))
    assert rows["change_correlation"].observed == pytest.approx(stats.pearsonr(dm, dy).statistic)
    assert rows["parallel_slope"].observed == pytest.approx(ols(dy, -dm / LN2, m0, y0))
    assert {row.n for row in rows.values()} == {len(m0)}


def test_data_sets_that_lack_a_statistic_are_not_counted(example_study: Study) -> None:
    class Partly(Unchanged):
        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            drawn = two_visits(study, rng, draws.sizes["draw"])
            # Markers that do not differ at baseline leave a slope on them undetermined.
            name = f"IL-6 at {study.baseline}"
            first = (drawn[name].draw < 15) & drawn[name].notnull()
            return drawn.assign({name: drawn[name].where(~first, 1.0)})

    found = no_change(draws_of(40), Partly(example_study), example_study, Settings())  # type: ignore[arg-type]
    counted = {row.statistic: row.data_sets for row in found}
    assert (counted["symptom_change"], counted["marker_on_baseline"]) == (40, 25)


def test_without_change_the_change_goes_with_its_own_baseline_as_the_formula_says(
    rows: dict[str, NaiveStatistic],
) -> None:
    """The null value of the crude slope is reliability - 1 (Blomqvist 1977)."""
    assert rows["marker_on_baseline"].median == pytest.approx(1 / 1.36 - 1, abs=0.03)
    assert rows["score_on_baseline"].median == pytest.approx(25 / 34 - 1, abs=0.03)
    assert rows["score_on_baseline"].called_different > 0.5


def test_tests_of_what_is_absent_keep_their_level(rows: dict[str, NaiveStatistic]) -> None:
    band = stats.binom.interval(0.999, 1000, 0.05)
    for name in ("marker_change", "symptom_change", "prognostic_slope", "change_correlation", "parallel_slope"):
        assert band[0] <= 1000 * rows[name].called_different <= band[1], name
        assert rows[name].lower < 0 < rows[name].upper
        assert rows[name].as_far > 0.001


def test_limits_and_shares_are_those_of_the_data_sets_drawn(
    rows: dict[str, NaiveStatistic], example_study: Study
) -> None:
    """The same thousand data sets again, their mean changes and t tests by NumPy and SciPy."""
    seed = Settings().seed_of("joint_change", "reference", "no change")
    drawn = two_visits(example_study, np.random.default_rng(seed), 1000)
    before, after = (
        drawn[f"MADRS at {visit}"].values[0] for visit in (example_study.baseline, example_study.follow_up)
    )
    change = (after - before)[:, np.isfinite(after[0])]
    means, row = change.mean(axis=1), rows["symptom_change"]
    lower, middle, upper = np.quantile(means, [0.025, 0.5, 0.975])
    assert (row.lower, row.median, row.upper) == pytest.approx((lower, middle, upper))
    assert row.as_far == np.mean(np.abs(means - middle) >= abs(row.observed - middle))
    assert 0.01 < row.as_far < 0.99
    assert row.called_different == np.mean(stats.ttest_1samp(change, 0, axis=1).pvalue < 0.05)


def test_p_values_are_those_of_the_usual_tests(example_study: Study) -> None:
    """A single data set as the data without change: called different or not as SciPy does."""

    class Same(Unchanged):
        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            return two_visits(study, np.random.default_rng(1)).expand_dims(chain=1, draw=1)

    found = no_change(draws_of(1), Same(example_study), example_study, Settings())  # type: ignore[arg-type]
    rows = {row.statistic: row for row in found}
    m0, y0, m1, y1 = observed(example_study)
    assert rows["score_on_baseline"].called_different == (stats.linregress(y0, y1 - y0).pvalue < 0.05)
    assert rows["change_correlation"].called_different == (stats.pearsonr(m1 - m0, y1 - y0).pvalue < 0.05)
    assert rows["symptom_change"].called_different == (stats.ttest_1samp(y1 - y0, 0).pvalue < 0.05)
    assert all(row.as_far == 1 for row in rows.values())


def test_a_model_that_takes_observed_scores_as_true_has_no_benchmark(example_study: Study) -> None:
    class Cannot(Unchanged):
        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            return None

    assert no_change(draws_of(10), Cannot(example_study), example_study, Settings()) == ()  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_benchmark(example_study: Study, rows: dict[str, NaiveStatistic]) -> None:
    again = no_change(draws_of(1000), Unchanged(example_study), example_study, Settings())  # type: ignore[arg-type]
    assert {row.statistic: row for row in again} == rows
    other = no_change(draws_of(1000), Unchanged(example_study), example_study, Settings(seed=2))  # type: ignore[arg-type]
    assert other != again


def test_what_a_censored_baseline_leaves_undefined_is_no_number(example_study: Study) -> None:
    """Every baseline marker at its limit: nothing depends on it, in the study and in some of the data sets drawn."""
    visit = f"IL-6 at {example_study.baseline}"

    class Censored(Unchanged):
        def observed_data(self, study: Study) -> xr.Dataset:
            return at_the_limit(super().observed_data(study), 1)

        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            return at_the_limit(super().without_change(draws, study, rng), 400)

    def at_the_limit(outcomes: xr.Dataset | None, sets: int) -> xr.Dataset:
        assert outcomes is not None
        alike = np.arange(outcomes.sizes.get("draw", 1)) < sets
        censored = xr.DataArray(alike, dims="draw") if "draw" in outcomes.dims else alike.all()
        return outcomes.assign({visit: outcomes[visit].where(~censored, -0.5).transpose(*outcomes[visit].dims)})

    class InSomeDataSets(Censored):
        def observed_data(self, study: Study) -> xr.Dataset:
            return Unchanged.observed_data(self, study)

    both = no_change(draws_of(1000), Censored(example_study), example_study, Settings())  # type: ignore[arg-type]
    assert {row.statistic for row in both} == {
        "marker_change",
        "symptom_change",
        "score_on_baseline",
        "change_correlation",
    }
    found = no_change(draws_of(1000), InSomeDataSets(example_study), example_study, Settings())  # type: ignore[arg-type]
    slopes = {row.statistic: row for row in found}
    drawn = two_visits(
        example_study, np.random.default_rng(Settings().seed_of("joint_change", "reference", "no change")), 1000
    )
    m0, y0, _, y1 = (
        drawn[f"{what} at {when}"].values[0, 400:][:, np.arange(N) % 10 != 3]
        for when in (example_study.baseline, example_study.follow_up)
        for what in ("IL-6", "MADRS")
    )
    each = [stats.linregress(before / LN2, change) for before, change in zip(m0, y1 - y0, strict=True)]
    row = slopes["prognostic_slope"]
    assert (row.lower, row.median, row.upper) == pytest.approx(
        np.quantile([one.slope for one in each], [0.025, 0.5, 0.975])
    )
    assert row.called_different == np.mean([one.pvalue < 0.05 for one in each])


def test_changes_that_are_all_alike_have_no_test(example_study: Study) -> None:
    """Every marker at its limit at both visits: a mean change of 0, which no test calls different."""

    class Censored(Unchanged):
        def observed_data(self, study: Study) -> xr.Dataset:
            data = super().observed_data(study)
            return data.assign({name: 0 * values for name, values in data.items() if "IL-6" in str(name)})

        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            return self.observed_data(study).expand_dims(chain=1, draw=5)

    found = no_change(draws_of(5), Censored(example_study), example_study, Settings())  # type: ignore[arg-type]
    rows = {row.statistic: row for row in found}
    assert rows.keys() == {"marker_change", "symptom_change", "score_on_baseline"}
    row = rows["marker_change"]
    assert (row.observed, row.lower, row.upper, row.called_different) == (0, 0, 0, 0)


ARMS = np.where(np.arange(N) % 3 == 0, "exercise", np.where(np.arange(N) % 3 == 1, "usual care", "waiting"))


def in_arms(values: xr.Dataset, study: Study) -> xr.Dataset:
    """Both outcomes lower at follow-up in one arm."""
    fallen = xr.DataArray((ARMS == "exercise").astype(float), dims="participant")
    names = {f"IL-6 at {study.follow_up}": 2.0, f"MADRS at {study.follow_up}": 12.0}
    return values.assign({name: values[name] - fall * fallen for name, fall in names.items()})


def test_slopes_and_the_correlation_are_given_the_arm_where_there_are_arms(example_study: Study) -> None:
    """Against statsmodels with indicators of the arms: nothing but the arms makes the changes go together."""

    class OfArms(Unchanged):
        def observed_data(self, study: Study) -> xr.Dataset:
            return in_arms(super().observed_data(study), study)

        def without_change(self, draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
            return self.observed_data(study).expand_dims(chain=1, draw=1)

    study: Any = SimpleNamespace(
        spec=SimpleNamespace(arms="declared"),
        data=xr.Dataset({"arm": ("participant", ARMS)}, coords={"marker": ["IL-6"]}),
        scale=example_study.scale,
        baseline=example_study.baseline,
        follow_up=example_study.follow_up,
    )
    model: Any = OfArms(example_study)
    rows = {row.statistic: row for row in no_change(draws_of(1), model, study, Settings())}
    data = model.observed_data(example_study)
    names = [f"{what} at {visit}" for visit in (study.baseline, study.follow_up) for what in ("IL-6", "MADRS")]
    columns = np.stack([data[name].values for name in names])
    complete = ~np.isnan(columns).any(axis=0)
    m0, y0, m1, y1 = columns[:, complete]
    dm, dy, arms = m1 - m0, y1 - y0, [(ARMS[complete] == arm).astype(float) for arm in ("usual care", "waiting")]
    predictors = {
        "marker_on_baseline": (dm, m0),
        "score_on_baseline": (dy, y0),
        "prognostic_slope": (dy, m0 / LN2),
        "prognostic_slope_ancova": (dy, m0 / LN2, y0),
        "parallel_slope": (dy, -dm / LN2, m0, y0),
    }
    for name, (outcome, *given) in predictors.items():
        fitted = sm.OLS(outcome, sm.add_constant(np.column_stack([*given, *arms]))).fit()
        assert rows[name].observed == pytest.approx(fitted.params[1]), name
        assert rows[name].called_different == (fitted.pvalues[1] < 0.05), name
    # The t test of a partial correlation is that of the coefficient in the regression.
    fitted = sm.OLS(dy, sm.add_constant(np.column_stack([dm, *arms]))).fit()
    t, freedom = fitted.tvalues[1], fitted.df_resid
    correlation = rows["change_correlation"]
    assert correlation.observed == pytest.approx(t / np.sqrt(t**2 + freedom))
    assert correlation.called_different == (fitted.pvalues[1] < 0.05)
    assert stats.pearsonr(dm, dy).statistic > 0.5 > abs(correlation.observed) + 0.2
    assert rows["symptom_change"].observed == pytest.approx(dy.mean())
