"""Seconds of one calibration fit of simuk: python THIS DATA.csv CORES.

The bivariate regression of the changes on both baselines and the covariates, on complete participants and without a
limit of detection: less than `joint_change` has to do. One chain a fit with as many draws as a calibration of cochange
begins with. What the first two fits take, which compile, is left out.
"""

import json
import sys
import time

import pandas as pd
import pymc as pm
from simuk import SBC

FITS, WARM = 6, 2


def bivariate(data: pd.DataFrame) -> pm.Model:
    predictors = data[["m0", "y0", "age", "sex"]].to_numpy()
    with pm.Model() as model:
        x = pm.Data("x", predictors)
        of_marker = pm.Normal("of_marker", 0, [0.4, 0.03, 0.5, 0.5], shape=4)
        of_score = pm.Normal("of_score", 0, [3.6, 0.4, 2.5, 2.5], shape=4)
        change = pm.Normal("change", 0, [0.5, 15.0], shape=2)
        marker_sd, score_sd = pm.HalfNormal("marker_sd", 0.7), pm.HalfNormal("score_sd", 10.0)
        parallel = pm.Normal("parallel", 0, 3.6)
        marker = change[0] + x @ of_marker
        dm = pm.Normal("dm", marker, marker_sd, observed=data["dm"].to_numpy())
        pm.Normal("dy", change[1] + x @ of_score + parallel * (dm - marker), score_sd, observed=data["dy"].to_numpy())
    return model


def seconds_of(model: pm.Model, fits: int, cores: int) -> float:
    settings = {"draws": 500, "tune": 400, "chains": 1, "cores": cores, "progressbar": False}
    start = time.perf_counter()
    SBC(model, num_simulations=fits, seed=1, sample_kwargs=settings).run_simulations()
    return time.perf_counter() - start


if __name__ == "__main__":
    table = pd.read_csv(sys.argv[1])
    begun = bivariate(table)
    warm = seconds_of(begun, WARM, int(sys.argv[2]))
    whole = seconds_of(begun, FITS, int(sys.argv[2]))
    print(json.dumps({"seconds_a_fit": whole / FITS, "first": warm}))
