"""What a model estimates is named by its kinds."""

import pytest

from cochange.inference.kinds import SLOPE, kinds_of

SLOPE_ROW = {"estimand": "parallel_slope", "unit": "points per halving", "question": "Q4"}
CORRELATION_ROW = {"estimand": "change_correlation", "unit": "correlation", "question": "Q4"}
SHARE_ROW = {"estimand": "response_probability", "unit": "probability", "question": ""}


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ((SLOPE_ROW, CORRELATION_ROW), ["slope", "correlation"]),
        ((SLOPE_ROW, SLOPE_ROW | {"estimand": "prognostic_slope"}), ["slopes"]),
        # Under several prior sets and in several forms it is one quantity.
        ((SLOPE_ROW, SLOPE_ROW | {"prior": "diffuse", "form": "change score"}), ["slope"]),
        (({}, {"group": "women"}, {"group": "T versus C"}, SHARE_ROW), ["means", "share", "comparison of arms"]),
        (({}, {"estimand": "own", "unit": "points", "question": ""}), []),
        ((), []),
    ],
)
def test_estimates_are_named_by_their_kinds(estimate_of, rows, kinds):
    made = [estimate_of(**row) for row in rows]
    assert kinds_of(made) == kinds
    assert kinds_of(made, besides=SLOPE) == [kind for kind in kinds if "slope" not in kind]
