"""Folds: everyone is left out once, folds are as even as they can be, and what cannot be done is said."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from cochange.data.study import Study
from cochange.inference.folding.folds import CrossValidationError, make_folds


def with_arms(study: Study, shares: dict[str, int]) -> Study:
    """The study with its participants in arms of these sizes, in the order of the file."""
    labels = np.repeat(list(shares), list(shares.values()))
    data = study.data.isel(participant=slice(len(labels)))
    return replace(study, data=data.assign_coords(arm=("participant", labels)))


def participants(study: Study) -> list[str]:
    return list(study.data["participant"].values.astype(str))


def test_everyone_is_left_out_once_in_folds_of_even_size(example_study: Study) -> None:
    used = participants(example_study)[3:]
    folds = make_folds(example_study, used, 10, "participant", 1)
    assert list(folds) == [str(number) for number in range(1, 11)]
    assert sorted(name for fold in folds.values() for name in fold) == sorted(used)
    assert {len(fold) for fold in folds.values()} == {11, 12}
    assert folds == make_folds(example_study, used, 10, "participant", 1)
    assert folds != make_folds(example_study, used, 10, "participant", 2)
    # Shuffled: neighbours in the file do not go from fold to fold.
    assert folds["1"] != tuple(used[::10])


@pytest.mark.parametrize("shares", [{"usual care": 60, "exercise": 41}, {"a": 7, "b": 50, "c": 23}])
@pytest.mark.parametrize("count", [2, 7, 10])
def test_folds_are_even_over_arms(example_study: Study, shares: dict[str, int], count: int) -> None:
    study = with_arms(example_study, shares)
    folds = make_folds(study, participants(study), count, "participant", 5)
    arm = dict(zip(participants(study), study.data["arm"].values, strict=True))
    for name in shares:
        counts = [Counter(arm[member] for member in fold)[name] for fold in folds.values()]
        assert max(counts) - min(counts) <= 1
    sizes = [len(fold) for fold in folds.values()]
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == sum(shares.values())


def test_a_site_is_a_fold(example_study: Study) -> None:
    used = participants(example_study)[5:]
    folds = make_folds(example_study, used, 10, "site", 1)
    site = example_study.data["site"].sel(participant=used).values.astype(str)
    assert list(folds) == sorted(set(site))
    assert len(folds) > 1
    for name, members in folds.items():
        assert set(members) == {one for one, its in zip(used, site, strict=True) if its == name}


def test_what_cannot_be_left_out_is_refused(example_study: Study) -> None:
    used = participants(example_study)
    without = replace(example_study, data=example_study.data.drop_vars("site"))
    site = example_study.data["site"].values.astype(str)
    alone = [name for name, its in zip(used, site, strict=True) if its == site[0]]
    for study, who, folds, by, message in [
        (
            example_study,
            used,
            1,
            "participant",
            f"folds must be from 2 to the number of participants used, {len(used)}",
        ),
        (example_study, used[:9], 10, "participant", "used, 9; got 10"),
        (without, used, 10, "site", "the study has no sites to leave out; name their column under"),
        (example_study, alone, 10, "site", f"takes 2 or more; there is one, '{site[0]}'"),
        (example_study, used, 10, "arm", "by must be one of participant, site; got 'arm'"),
    ]:
        with pytest.raises(CrossValidationError) as raised:
            make_folds(study, who, folds, by, 1)
        assert message in str(raised.value)
