"""The points of a grid of prior sets: the main set is none of them."""

import numpy as np
import pytest

from cochange.inference.comparing.grid import Vary, grid_of, main_point, told_of_main
from cochange.models.symptom_change import REFERENCE


@pytest.mark.parametrize(
    ("varied", "names", "own"),
    [
        ([Vary("prognostic_sd", (0.5, 2.5))], ["prognostic_sd=0.5"], "prognostic_sd=2.5"),
        ([Vary("prognostic_sd", (0.5, 1.0))], ["prognostic_sd=0.5", "prognostic_sd=1"], None),
        (
            [Vary("prognostic_sd", (1.0, 2.5)), Vary("prognostic_mean", (0.0, 1.0))],
            [
                "prognostic_sd=1, prognostic_mean=0",
                "prognostic_sd=1, prognostic_mean=1",
                "prognostic_sd=2.5, prognostic_mean=1",
            ],
            "prognostic_sd=2.5, prognostic_mean=0",
        ),
        ([], [], None),
    ],
)
def test_the_main_set_is_no_point_of_the_grid(varied, names, own):
    assert list(grid_of(REFERENCE, varied)) == names
    assert main_point(REFERENCE, varied) == own
    said = told_of_main({"reference": REFERENCE}, varied)
    assert said == ((f"{own} is the main set, reference, and stands in its row",) if own else ())


def test_values_in_an_array_are_those_in_a_tuple() -> None:
    assert Vary("prognostic_sd", np.linspace(0.5, 1.5, 3)) == Vary("prognostic_sd", (0.5, 1.0, 1.5))
