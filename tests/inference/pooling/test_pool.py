"""Pooling a table: the unit SD, notices, the parameters informed, and the lines of a prior set."""

import math
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import cochange
from cochange.data.faults import InputError
from cochange.inference.pooling.parameters import prior_set_lines
from cochange.inference.pooling.pool import Pooled, unit_sd_of
from cochange.models import symptom_change
from cochange.models.parts.families import Normal, RobustNormal, family_from
from cochange.models.pooled import PRIORS

Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def written(*rows: str, header: str = "study,source,estimate,se,sd,n,unit,overlap,informs") -> Path:
        path = tmp_path / "table.csv"
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        return path

    return written


THREE = ("A,x,-10,0.5,8,,points,,", "B,y,-7,0.6,6,,points,,", "C,x,-8,0.9,,40,points,,")


def test_the_unit_sd_of_sds_and_of_participants(table: Table) -> None:
    assert unit_sd_of(cochange.read_published(table(*THREE[:2]))) == pytest.approx(math.sqrt((64 + 36) / 2))
    rows = ("A,x,-10,0.5,,256,,,", "B,x,-7,1,,64,,,")
    # Each row alone gives 8.
    assert unit_sd_of(cochange.read_published(table(*rows))) == pytest.approx(8)
    uneven = ("A,x,-10,0.5,,100,,,", "B,x,-7,1,,100,,,")
    assert unit_sd_of(cochange.read_published(table(*uneven))) == pytest.approx(math.sqrt(200 / (4 + 1)))


def test_a_table_that_does_not_tell_the_unit_sd_is_at_fault(table: Table) -> None:
    path = table(*THREE)
    with pytest.raises(InputError, match=r"found no sd in row 4; fill in the column sd, or n, or state the unit SD"):
        cochange.pool(path)
    assert cochange.pool(path, unit_sd=8).unit_sd == 8


def test_the_summaries_are_those_of_the_posterior(table: Table) -> None:
    pooled = cochange.pool(table(*THREE), unit_sd=8, prior="diffuse")
    assert pooled.priors == PRIORS["diffuse"].in_units(8)
    found = pooled.summaries
    assert tuple(found) == ("mean", "heterogeneity", "new_study", "i_squared")
    for name in found:
        assert found[name].lower < found[name].median < found[name].upper
    known = pooled.posterior
    for name, cdf in (("mean", known.pooled_mean.cdf), ("heterogeneity", known.heterogeneity_cdf)):
        ends = (found[name].lower, found[name].median, found[name].upper)
        assert [cdf(at) for at in ends] == pytest.approx([0.025, 0.5, 0.975], abs=1e-8)
    precision = np.array([0.5, 0.6, 0.9]) ** -2.0
    typical = 2 * precision.sum() / (precision.sum() ** 2 - (precision**2).sum())
    spread = found["heterogeneity"].median
    assert found["i_squared"].median == pytest.approx(spread**2 / (spread**2 + typical))


def test_the_unit_does_not_matter() -> None:
    """The same estimates in another unit give the same answer in it."""
    table = cochange.read_published().of("madrs_exercise_against_usual_care")
    times = 27 / 60
    other = tuple(
        replace(item, estimate=item.estimate * times, se=item.se * times, sd=item.sd * times, informs=())
        for item in table.estimates
    )
    first, second = cochange.pool(table), cochange.pool(replace(table, estimates=other))
    for name in ("mean", "heterogeneity", "new_study"):
        assert second.summaries[name].upper == pytest.approx(times * first.summaries[name].upper, rel=1e-6)
    assert second.new_study.ess == pytest.approx(first.new_study.ess, rel=1e-6)


def test_one_estimate_and_shared_groups_are_noticed(table: Table) -> None:
    (notice,) = cochange.pool(table(THREE[0])).notices
    assert "rests on the prior of the heterogeneity alone" in str(notice)
    assert "i_squared" not in cochange.pool(table(THREE[0])).summaries
    rows = ("A,x,-10,0.5,8,,,controls,", "B,x,-7,0.6,6,,,,", "C,x,-8,0.9,8,,,controls,")
    (notice,) = cochange.pool(table(*rows)).notices
    assert notice.caution
    assert "rows 2, 4 share 'controls'" in str(notice)


def test_estimates_of_one_study_are_noticed(table: Table) -> None:
    rows = ("A,x,-10,0.5,8,,,,", "a,y,-7,0.6,6,,,,", "B,x,-8,0.9,8,,,,")
    (notice,) = cochange.pool(table(*rows)).notices
    assert notice.caution
    assert "rows 2, 3 are of one study, 'A'" in str(notice)


def test_a_vague_part_narrower_than_the_informative_one_is_noticed(table: Table) -> None:
    path = table("A,x,0.5,40,1,,,,")
    notice = cochange.pool(path).notices[-1]
    assert notice.caution
    assert "narrower than the informative one (SD 2.01)" in str(notice)
    assert all("narrower" not in str(notice) for notice in cochange.pool(path, weight=1).notices)


def test_each_parameter_is_advised_of_by_its_own_model(table: Table) -> None:
    with pytest.raises(InputError) as caught:
        cochange.pool(table(*THREE[:2]), parameters=["marker_change.changes", "foo.bar"])
    first, second = caught.value.faults
    assert "'marker_change.change'" in first.action
    assert "'marker_change'" in second.action
    assert "marker_change." not in second.action


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("symptom_change.intercpt", "did you mean 'symptom_change.intercept'"),
        ("symptom_chang.intercept", "did you mean 'symptom_change'"),
        ("symptom_change.sigma", "a parameter that can be negative is required"),
        ("marker_change.change", "the unit of marker_change.change, 'log units', is required; found 'points'"),
        ("intercept", "MODEL.PARAMETER of a model that ships is required"),
    ],
)
def test_a_parameter_the_estimates_cannot_inform_is_a_fault(table: Table, asked: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        cochange.pool(table(*THREE[:2]), parameters=[asked])
    assert message in str(caught.value)


def test_a_standardised_change_informs_no_change_of_the_log_marker() -> None:
    with pytest.raises(InputError, match="'log units', is required; found 'SDs'"):
        cochange.pool(quantity="il6_change_antidepressants", parameters=["marker_change.change"])


def test_unknown_sets_and_impossible_unit_sds_are_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="prior must be one of reference, sceptical, diffuse, got 'flat'"):
        cochange.pool(table(*THREE[:2]), prior="flat")
    with pytest.raises(ValueError, match="unit_sd must be finite and above 0"):
        cochange.pool(table(*THREE[:2]), unit_sd=0)


@pytest.mark.parametrize("quantity", cochange.read_published().quantities)
@pytest.mark.parametrize("weight", [0.8, 1.0])
def test_the_lines_are_a_prior_set_of_the_same_prior(quantity: str, weight: float) -> None:
    pooled: Pooled = cochange.pool(quantity=quantity, weight=weight)
    family = pooled.new_study.family
    assert isinstance(family, RobustNormal if weight < 1 else Normal)
    lines = prior_set_lines("ours", pooled.parameters, family)
    if not pooled.parameters:
        assert all(line.startswith("#") for line in lines)
        return
    tables = tomllib.loads("\n".join(lines))["analysis"]["prior_sets"]["ours"]
    assert tables.pop("base") == "reference"
    found = {f"{model}.{name}": value for model, values in tables.items() for name, value in values.items()}
    assert tuple(found) == pooled.parameters
    for value in found.values():
        read = family_from(value, Normal(mean=0, sd=1))
        assert type(read) is type(family)
        assert read.values() == pytest.approx(family.values(), rel=1e-5)
        assert read.source == family.source


@pytest.mark.parametrize("name", ["reference", "a b", "", "panel-doubled"])
def test_a_set_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(InputError, match="a name for a prior set of your own is required"):
        prior_set_lines(name, ("symptom_change.arm",), symptom_change.PRIORS["reference"].arm)


def test_a_pool_of_precise_studies_that_agree_is_near_their_mean(table: Table) -> None:
    """With many of them the heterogeneity is known, and the interval is the normal one around the mean."""
    rng = np.random.default_rng(3)
    rows = [f"S{i},x,{value:.4f},0.01,1,,,," for i, value in enumerate(rng.normal(2, 0.1, 200))]
    pooled = cochange.pool(table(*rows))
    values = np.array([item.estimate for item in pooled.table.estimates])
    expected = stats.t.interval(0.95, 199, values.mean(), values.std(ddof=1) / math.sqrt(200))
    assert (pooled.summaries["mean"].lower, pooled.summaries["mean"].upper) == pytest.approx(expected, abs=1e-3)
