"""Notices on plates and visits that are confounded."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def plated(wide):
    """The small study with a plate for each sample; every plate has samples of both visits."""
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.table["plate_0"] = wide.table["plate_12"] = np.where(np.arange(24) < 12, "A", "B")
    return wide


def test_plates_with_samples_of_both_visits_are_no_notice(plated) -> None:
    assert plated.read().notices == ()


def test_a_plate_for_each_visit_is_a_caution(plated) -> None:
    plated.table["plate_0"] = np.where(np.arange(24) < 12, "A", "B")
    plated.table["plate_12"] = "C"
    plated.table.loc[[0, 1], "il6_12"] = ["", "NA"]
    plated.table.loc[2, "plate_0"] = ""
    (notice,) = plated.read().notices
    assert (notice.file, notice.column, notice.caution) == ("trial.csv", "plate_0", True)
    assert notice.message.startswith(
        "no plate has samples of both visits (23 at 'baseline' on 2 plates and 22 at '12 weeks' on 1 plate): the shift"
    )


@pytest.mark.parametrize(("on_own_plate", "noticed"), [(12, False), (13, True)])
def test_fewer_than_half_of_the_samples_on_shared_plates(plated, on_own_plate: int, noticed: bool) -> None:
    plated.table["plate_0"], plated.table["plate_12"] = "A", "A"
    plated.table.loc[: on_own_plate - 1, "plate_0"] = "B"
    plated.table.loc[: on_own_plate - 1, "plate_12"] = "C"
    notices = plated.read().notices
    assert len(notices) == noticed
    if noticed:
        assert not notices[0].caution
        assert notices[0].message.startswith(
            "22 of 48 samples (46%) are on a plate with samples of both visits (1 of 3 plates): only through these"
        )


def test_a_plate_shared_only_by_a_missing_sample_is_not_shared(plated) -> None:
    plated.table["plate_0"], plated.table["plate_12"] = "A", "B"
    plated.table.loc[0, ["plate_12", "il6_12"]] = ["A", ""]
    (notice,) = plated.read().notices
    assert notice.caution


def test_other_visits_than_the_analysed_ones_do_not_count(long) -> None:
    middle = long.table[long.table["week"] == "12"].assign(week="6")
    middle["madrs"], middle["il6"] = middle["madrs"].to_numpy()[::-1], middle["il6"].to_numpy()[::-1]
    long.table = pd.concat([long.table, middle], ignore_index=True)
    long.spec["data"]["visits"] = ["0", "6", "12"]
    long.spec["plates"] = {"columns": ["plate"]}
    long.table["plate"] = long.table["week"].map({"0": "A", "6": "A", "12": "B"})
    (notice,) = long.read().notices
    assert (notice.column, notice.caution) == ("plate", True)
    long.spec["analysis"] = {"follow_up": "6"}
    assert long.read().notices == ()


def test_without_marker_or_known_plate_there_is_nothing_to_confound(plated) -> None:
    plated.table["plate_0"] = plated.table["plate_12"] = ""
    assert plated.read().notices == ()
    plated.table["plate_0"], plated.table["plate_12"] = "A", "B"
    del plated.spec["marker"]
    assert plated.read().notices == ()
