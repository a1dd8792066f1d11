"""Calibration with several arms: contrasts, who benefits, and the contrast on the score given that on the marker.

References
----------
Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian inference algorithms with
simulation-based calibration. arXiv:1804.06788
"""

from typing import Any

import pytest

from cochange.inference.calibrating.calibrate import calibrate

pytestmark = pytest.mark.slow

FITS, N = 200, 90
OF_ARMS = {"arm_ratio", "arm_difference", "arm_difference_given_marker", "benefit_slope"}


@pytest.mark.parametrize("randomised", [True, False])
def test_truths_of_three_arms_rank_evenly(make_case: Any, make_table: Any, randomised: bool) -> None:
    """Of arms that were not randomised each has baselines of its own, and the rule of inclusion bears on all."""
    table = make_table(N, 12)
    table.loc[::3, "arm"] = "S"
    for column in ("il6_0", "il6_12"):
        values = table[column].astype(float)
        table[column] = table[column].where(values >= 0.8, "<0.8")
    table.loc[3:15, "madrs_12"] = table.loc[9:20, "il6_12"] = ""
    options = {"benefit": randomised, "randomised": randomised, "marker": {"lower_limit": 0.8}}
    study = make_case(table, has=("arms", "screening"), **options).study
    found = calibrate("joint_change", FITS, study=study)
    of_arms = {row.quantity.split("[")[0].split(",")[0] for row in found.rows if row.estimand}
    print(sorted(row.quantity for row in found.rows), found.failed)
    assert of_arms >= (OF_ARMS if randomised else OF_ARMS - {"benefit_slope"})
    assert found.failed <= 0.05 * FITS
    assert found.uneven == []
