"""How well the data tell the effects of groups, sites and plates, which the sampler takes its units from."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.linalg import helmert

from cochange.models import joint_change
from cochange.models.parts.joint.frame import make_frame

ALL = ("groups", "sites", "plates")


def frame_of(study: Any) -> Any:
    return make_frame(study, joint_change.select(study).used)


@pytest.mark.parametrize("level", ["group", "site", "plate"])
@pytest.mark.parametrize("equation", range(4))
def test_the_precision_is_one_over_the_standard_error_of_least_squares(
    make_case: Any, make_table: Any, level: str, equation: int
) -> None:
    case = make_case(make_table(300), has=ALL)
    frame = frame_of(case.study)
    indicators = frame.columns.values[:, frame.columns.blocks["plate_baseline" if level == "plate" else level]]
    indicators = indicators[:, indicators.any(axis=0)]
    n_levels = indicators.shape[1]
    value = frame.outcomes.value[:, equation] - (frame.outcomes.value[:, equation - 2] if equation > 1 else 0)
    contrasts = indicators @ helmert(n_levels).T * np.sqrt(n_levels / (n_levels - 1))
    errors = sm.OLS(value, sm.add_constant(contrasts)).fit().bse[1:]
    if level == "plate":
        # Plate C holds no sample of the baseline: what nothing is known of is drawn as if standard normal.
        assert frame.precision(level, equation) == 0
    else:
        assert frame.precision(level, equation) == pytest.approx(np.mean(1 / errors), rel=0.1)


def test_a_level_without_measured_values_has_no_precision(make_case: Any, make_table: Any) -> None:
    table = make_table(40)
    table.loc[table["intensity"] == "light", "il6_0"] = "<0.1"
    frame = frame_of(make_case(table, has=("groups",)).study)
    assert frame.precision("group", 0) == 0
    assert frame.precision("group", 1) > 0
