"""Design columns, and averages of draws against a g-computation participant by participant."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.design import (
    Design,
    arm_contrasts,
    expected_by_group,
    levels,
    make_design,
    participant_effects,
)

ALL = ("marker", "symptom", "arms", "groups", "sites", "covariates")
CHAINS, DRAWS = 2, 3


@pytest.fixture(scope="module")
def table(make_people: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_people(36)


@pytest.fixture(scope="module")
def full(make_study: Callable[..., Study], table: pd.DataFrame) -> Study:
    return make_study(table, has=ALL)


def _design(study: Study, keep: slice = slice(None)) -> Design:
    return make_design(study, study.data["participant"].to_numpy().astype(str)[keep])


def test_numeric_covariates_are_centred_and_per_sd_of_the_participants_used(full: Study, table: pd.DataFrame) -> None:
    design = _design(full, slice(5, 25))
    age = table["age"].iloc[5:25]
    column = design.covariates.sel(covariate="age (per SD)").to_numpy()
    np.testing.assert_allclose(column, (age - age.mean()) / age.std(), rtol=1e-12)


def test_categorical_covariates_are_centred_indicators_of_all_but_the_first_level(
    full: Study, table: pd.DataFrame
) -> None:
    design = _design(full)
    assert design.covariates["covariate"].to_numpy().tolist() == ["age (per SD)", "sex: male"]
    male = (table["sex"] == "male").to_numpy(dtype=float)
    np.testing.assert_allclose(design.covariates.sel(covariate="sex: male").to_numpy(), male - male.mean(), atol=1e-15)


@pytest.mark.parametrize("value", [40.0, 0.1])
def test_a_covariate_that_is_constant_among_those_used_is_a_column_of_zeros(
    make_study: Callable[..., Study], table: pd.DataFrame, value: float
) -> None:
    # 0.1 is not exact in binary: its mean over participants is off by a rounding, its SD is not exactly 0.
    changed = table.assign(age=[value] * 30 + [50.0] * 6)
    design = _design(make_study(changed, has=("marker", "symptom", "covariates")), slice(30))
    np.testing.assert_allclose(design.covariates.sel(covariate="age (per SD)").to_numpy(), 0, atol=1e-12)


def test_arms_are_centred_indicators_against_the_control(full: Study, table: pd.DataFrame) -> None:
    design = _design(full)
    treated = (table["arm"] == "T").to_numpy(dtype=float)
    assert (design.control, design.arms["arm_effect"].to_numpy().tolist()) == ("C", ["T"])
    np.testing.assert_allclose(design.arms.sel(arm_effect="T").to_numpy(), treated - treated.mean(), atol=1e-15)


def test_the_declared_control_is_the_control_wherever_it_sorts(
    make_study: Callable[..., Study], table: pd.DataFrame
) -> None:
    design = _design(make_study(table, has=("marker", "symptom", "arms"), arms={"control": "T"}))
    assert (design.control, design.arms["arm_effect"].to_numpy().tolist()) == ("T", ["C"])


def test_groups_and_sites_are_the_participants_own(full: Study, table: pd.DataFrame) -> None:
    design = _design(full)
    assert design.group.tolist() == table["intensity"].tolist()
    assert design.site.tolist() == table["clinic"].tolist()
    assert design.coords["group"] == levels(design.group) == ["light", "moderate", "vigorous"]
    assert design.coords["site"] == ["North", "South"]


def test_a_single_group_among_those_used_has_no_effect(make_study: Callable[..., Study], table: pd.DataFrame) -> None:
    study = make_study(table.assign(intensity=["light"] * 30 + ["vigorous"] * 6), has=("marker", "symptom", "groups"))
    assert _design(study).group is not None
    assert _design(study, slice(30)).group is None


def test_a_plain_study_has_no_columns(make_study: Callable[..., Study], table: pd.DataFrame) -> None:
    design = _design(make_study(table))
    assert list(design.coords) == ["participant"]
    assert (design.arm, design.group, design.site, design.control) == (None, None, None, "")


def _draws(design: Design, seed: int = 0, form: bool = True) -> xr.Dataset:
    """Random draws of every parameter, in a posterior's shape."""
    rng = np.random.default_rng(seed)
    front = {"chain": range(CHAINS), "draw": range(DRAWS)} | ({"form": ["a", "b"]} if form else {})
    coords = design.coords
    wanted = {"intercept": (), "covariate_effect": ("covariate",), "arm_difference": ("arm_effect",)}
    wanted |= {
        f"{name}_{kind}": ((name,) if kind == "standard" else ())
        for name in ("group", "site")
        for kind in ("sd", "standard")
    }
    variables = {}
    for name, dims in wanted.items():
        base = name.rsplit("_", 1)[0]
        if any(dim not in coords for dim in dims) or (base in ("group", "site") and base not in coords):
            continue
        sizes = [len(front[dim]) for dim in front] + [len(coords[dim]) for dim in dims]
        values = rng.normal(size=sizes)
        variables[name] = ((*front, *dims), np.abs(values) if name.endswith("sd") else values)
    return xr.Dataset(variables, coords={**front, **{k: v for k, v in coords.items() if k != "participant"}})


def _by_hand(posterior: xr.Dataset, design: Design, table: pd.DataFrame, arm: str | None, index: dict) -> np.ndarray:
    """Expected outcome of every participant at one draw, from the table; `arm` overrides the own one."""
    at = posterior.isel(index)
    age = (table["age"] - table["age"].mean()) / table["age"].std()
    male = (table["sex"] == "male").astype(float)
    total = np.zeros(len(table))
    for i, (_, who) in enumerate(table.iterrows()):
        value = float(at["intercept"])
        if "covariate_effect" in at:
            value += float(at["covariate_effect"].sel(covariate="age (per SD)")) * age.iloc[i]
            value += float(at["covariate_effect"].sel(covariate="sex: male")) * (male.iloc[i] - male.mean())
        if "arm_difference" in at:
            own = arm or who["arm"]
            value += float(at["arm_difference"].sel(arm_effect="T")) * ((own == "T") - (table["arm"] == "T").mean())
        for name, column in (("group", "intensity"), ("site", "clinic")):
            if f"{name}_sd" in at:
                value += float(at[f"{name}_sd"]) * float(at[f"{name}_standard"].sel({name: who[column]}))
        total[i] = value
    return total


STRUCTURES = [ALL[:2], (*ALL[:2], "groups"), (*ALL[:2], "sites", "covariates"), (*ALL[:2], "arms"), ALL]


@pytest.mark.parametrize("has", STRUCTURES, ids="+".join)
def test_expectations_agree_with_a_g_computation(
    make_study: Callable[..., Study], table: pd.DataFrame, has: tuple[str, ...]
) -> None:
    design = _design(make_study(table, has=has))
    posterior = _draws(design)
    found = expected_by_group(posterior, design, posterior["intercept"])
    labels = ["overall"]
    labels += ["light", "moderate", "vigorous"] if "groups" in has else []
    labels += ["arm C", "arm T"] if "arms" in has else []
    assert found["group"].to_numpy().tolist() == labels
    assert found.dims == ("chain", "draw", "form", "group")
    for index in ({"chain": 0, "draw": 0, "form": 0}, {"chain": 1, "draw": 2, "form": 1}):
        own = _by_hand(posterior, design, table, None, index)
        expected = {"overall": own.mean()}
        expected |= {level: own[table["intensity"] == level].mean() for level in ("light", "moderate", "vigorous")}
        for arm in ("C", "T"):
            expected[f"arm {arm}"] = _by_hand(posterior, design, table, arm, index).mean()
        for label in labels:
            assert float(found.sel(group=label).isel(index)) == pytest.approx(expected[label], abs=1e-12), label


@pytest.mark.parametrize("has", STRUCTURES, ids="+".join)
def test_participant_effects_are_each_participants_own(
    make_study: Callable[..., Study], table: pd.DataFrame, has: tuple[str, ...]
) -> None:
    design = _design(make_study(table, has=has))
    posterior = _draws(design, form=False)
    found = posterior["intercept"] + participant_effects(posterior, design)
    assert found.sizes["participant"] == len(table)
    index = {"chain": 1, "draw": 1}
    np.testing.assert_allclose(found.isel(index), _by_hand(posterior, design, table, None, index), atol=1e-12)


def test_arm_contrasts_are_the_differences_of_the_standardised_arms(full: Study) -> None:
    design = _design(full)
    posterior = _draws(design)
    contrast = arm_contrasts(posterior, design)
    assert contrast["group"].to_numpy().tolist() == ["T versus C"]
    arms = expected_by_group(posterior, design, posterior["intercept"])
    difference = arms.sel(group="arm T", drop=True) - arms.sel(group="arm C", drop=True)
    np.testing.assert_allclose(contrast.sel(group="T versus C").to_numpy(), difference.to_numpy(), atol=1e-12)


def test_a_group_s_expectation_is_at_the_predictors_of_its_own_participants(full: Study, table: pd.DataFrame) -> None:
    design = _design(full)
    posterior = _draws(design)
    baseline = table["madrs_0"].to_numpy(dtype=float) - 20
    slope = posterior["intercept"] * 0.1 - 0.3
    found = expected_by_group(posterior, design, posterior["intercept"], [(slope, baseline)])
    index = {"chain": 1, "draw": 2, "form": 1}
    own = _by_hand(posterior, design, table, None, index) + float(slope.isel(index)) * baseline
    assert float(found.sel(group="overall").isel(index)) == pytest.approx(own.mean(), abs=1e-12)
    for level in ("light", "moderate", "vigorous"):
        of_level = own[table["intensity"] == level].mean()
        assert float(found.sel(group=level).isel(index)) == pytest.approx(of_level, abs=1e-12)
    as_treated = _by_hand(posterior, design, table, "T", index) + float(slope.isel(index)) * baseline
    assert float(found.sel(group="arm T").isel(index)) == pytest.approx(as_treated.mean(), abs=1e-12)


def test_three_arms_are_each_compared_with_the_control(make_study: Callable[..., Study], table: pd.DataFrame) -> None:
    changed = table.assign(arm=np.array(["usual", "walk", "run"])[np.arange(len(table)) % 3])
    design = _design(make_study(changed, has=("marker", "symptom", "arms"), arms={"control": "usual"}))
    posterior = _draws(design)
    assert arm_contrasts(posterior, design)["group"].to_numpy().tolist() == ["run versus usual", "walk versus usual"]
    found = expected_by_group(posterior, design, posterior["intercept"])
    assert found["group"].to_numpy().tolist() == ["overall", "arm usual", "arm run", "arm walk"]
    # A third of the participants is in each arm: the arms average to the whole.
    np.testing.assert_allclose(found.isel(group=slice(1, None)).mean("group"), found.sel(group="overall"), atol=1e-12)
