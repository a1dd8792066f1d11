"""Estimands, readings and replications against what the parameters say, drawn or worked out by hand."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.models import repeated_measures
from cochange.models.parts.repeated.draws import imply_of
from cochange.models.parts.repeated.frame import make_frame

PRIORS = repeated_measures.PRIORS["reference"]
N = 40_000


@pytest.fixture
def at(case: Any, points: Any) -> xr.Dataset:
    """One point of the parameters."""
    return points(repeated_measures.build(case.study, PRIORS), case.study, PRIORS, 1)[0][1]


def many(at: xr.Dataset, n: int) -> xr.Dataset:
    """The same draw many times over."""
    return at.isel(draw=np.zeros(n, dtype=int))


def test_changes_and_contrasts_are_means_over_the_participants(case: Any, at: xr.Dataset) -> None:
    derived = repeated_measures.derive(at, case.study)
    frame = make_frame(case.study, repeated_measures.select(case.study).used)
    values = {str(name): own.to_numpy()[0] for name, own in at.data_vars.items()}
    mean = frame.columns @ imply_of(values, repeated_measures.parameters(case.study), frame).mean[0]
    levels = mean + frame.cells.origin
    for kind, name in (("marker", "geometric_mean_ratio"), ("score", "symptom_change")):
        assert (name in derived) == (kind in case.kinds)
        if kind not in case.kinds:
            continue
        later = frame.follow_ups(kind)
        if case.options.get("baseline") == "covariate":
            before = frame.cells.origin[:, later]
        else:
            before = levels[:, frame.cells.where(kind)[:1]]
        change = (levels[:, later] - before).mean(axis=0)
        found = derived[name].sel(group="overall").to_numpy()[0, 0]
        np.testing.assert_allclose(np.log(found) if kind == "marker" else found, change)
        if "arms" not in case.has:
            continue
        contrast = derived["arm_ratio" if kind == "marker" else "arm_difference"].sel(group="T versus C")
        difference = derived[name].sel(group="arm T"), derived[name].sel(group="arm C")
        expected = difference[0] / difference[1] if kind == "marker" else difference[0] - difference[1]
        np.testing.assert_allclose(contrast.to_numpy(), expected.to_numpy())
        np.testing.assert_allclose(
            np.log(contrast) if kind == "marker" else contrast,
            at[f"{kind}_arm"].transpose(..., f"{kind}_follow_up", "arm_effect")[..., 0],
        )


def test_correlations_are_those_of_readings_of_new_participants(case: Any, at: xr.Dataset) -> None:
    derived = repeated_measures.derive(at, case.study)
    if len(case.kinds) < 2:
        assert not any("correlation" in name for name in derived)
        return
    visits = case.study.spec.data.visits
    given = case.options.get("baseline") == "covariate"
    assert ("change_correlation" in derived) != given
    drawn = repeated_measures.readings(many(at, N), case.study, np.random.default_rng(2))
    # One participant many times over: the design is the same, so that only the covariance is left.
    arms = dict(zip(case.table["id"], case.table["arm"], strict=True))
    groups = derived["change_correlation_given_baseline"]["group"].to_numpy().tolist()
    assert groups == (["arm C", "arm T"] if case.options.get("covariance_by_arm") else ["overall"])
    for group in groups:
        who = next(w for w in drawn["participant"].to_numpy() if group in ("overall", f"arm {arms[w]}"))
        one = {str(name): own.sel(participant=who).to_numpy().ravel() for name, own in drawn.data_vars.items()}
        for visit in visits[1:]:
            marker, score = one[f"IL-6 at {visit}"], one[f"MADRS at {visit}"]
            before = [] if given else [one[f"IL-6 at {visits[0]}"], one[f"MADRS at {visits[0]}"]]
            columns = np.column_stack([np.ones(N), *before])
            residual = [own - columns @ np.linalg.lstsq(columns, own)[0] for own in (marker, score)]
            place = {"visit": visit, "group": group}
            expected = derived["change_correlation_given_baseline"].sel(place).item()
            # The standard error of a correlation, times four.
            allowed = 4 * (1 - expected**2) / np.sqrt(N)
            assert np.corrcoef(residual)[0, 1] == pytest.approx(expected, abs=allowed)
            if not given:
                raw = derived["change_correlation"].sel(place).item()
                changes = marker - before[0], score - before[1]
                assert np.corrcoef(changes)[0, 1] == pytest.approx(raw, abs=4 * (1 - raw**2) / np.sqrt(N))


def test_replications_have_the_gaps_and_limits_of_the_study(case: Any, at: xr.Dataset) -> None:
    observed = repeated_measures.observed_data(case.study)
    again = repeated_measures.replicate(many(at, 50), case.study, np.random.default_rng(3))
    assert set(observed) == set(again)
    for name in observed:
        np.testing.assert_array_equal(np.isnan(observed[name]), np.isnan(again[name]).all(("chain", "draw")))
    if "marker" not in case.kinds:
        return
    visit = case.study.spec.data.visits[-1]
    texts = dict(zip(case.table["id"], case.table[f"il6_{visit}"], strict=True))
    values = again[f"IL-6 at {visit}"]
    for who in values["participant"].to_numpy():
        drawn = values.sel(participant=who)
        if texts[who].startswith("<"):
            assert float(drawn.min()) >= np.log(float(texts[who][1:])) - 1e-9
            assert float(observed[f"IL-6 at {visit}"].sel(participant=who)) == pytest.approx(float(np.log(0.9)))
        if texts[who].startswith(">"):
            assert float(drawn.max()) <= np.log(float(texts[who][1:])) + 1e-9
