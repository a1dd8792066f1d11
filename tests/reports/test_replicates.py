from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.inference.fit import Fit
from cochange.inference.results import Results
from cochange.reports.replicates import checks, impossible_share


def with_group(fit: Fit, name: str, data: xr.Dataset) -> Fit:
    groups = {child: fit.tree[child].to_dataset() for child in fit.tree.children}
    return replace(fit, tree=xr.DataTree.from_dict(groups | {name: data}))


def test_impossible_scores_are_those_outside_the_scale(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    change = fit.tree["prior_predictive"].to_dataset()[["change_of_score"]]
    none = with_group(fit, "prior_predictive", xr.zeros_like(change))
    assert impossible_share(none, results.study) == 0.0
    half = xr.where(change["draw"] % 2 == 0, -100.0, 0.0) + xr.zeros_like(change)
    assert impossible_share(with_group(fit, "prior_predictive", half), results.study) == 0.5
    assert impossible_share(results.fits["marker_change", "reference"], results.study) is None


def test_ties_count_half_as_a_censored_least_value_gives_them(results: Results) -> None:
    fit = results.fits["marker_change", "reference"]
    (least,) = {check.share_above for check in checks(fit) if check.statistic == "least"}
    assert least == 0.5


def test_small_outcomes_are_left_out(results: Results) -> None:
    fit = results.fits["parallel_change", "reference"]
    few = with_group(
        with_group(fit, "observed_data", xr.Dataset({"y": ("k", np.zeros(4))})),
        "posterior_predictive",
        xr.Dataset({"y": (("chain", "draw", "k"), np.zeros((2, 5, 4)))}),
    )
    assert checks(few) == ()
