"""A model of one mean whose draws are made by hand, so that every summary has a known answer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from cochange.inference.fit import Fit
from cochange.models.parts.contract import Model, load_model

ROOT = Path(__file__).resolve().parents[2]
MODEL = '''"""One mean.

    y ~ Normal(mean, 1)
"""
from dataclasses import dataclass

import numpy as np
import pymc as pm
import xarray as xr

from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, Normal
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection

QUESTION = "What is the mean?"
ESTIMANDS = {
    "mean": Estimand("the mean", "points", 0.0, "Q1"),
    "ratio": Estimand("its exponential", "ratio", 1.0, "Q1"),
    "share": Estimand("a share", "probability", None),
}
PRIOR_VARS = ("mean",)


@dataclass(frozen=True, kw_only=True)
class Priors:
    mean: Family = prior("points", "the mean")


PRIORS = {"reference": Priors(mean=Normal(mean=0, sd=10))}


def select(study):
    return Selection(study.data["participant"].values.astype(str))


def build(study, priors):
    with pm.Model() as model:
        mean = families(priors)["mean"].variable("mean")
        pm.Normal("y", mean, 1, observed=pm.Data("values", np.zeros(20)))
    return model


def derive(posterior, study):
    mean = posterior["mean"]
    return {"mean": mean, "ratio": xr.ufuncs.exp(mean), "share": 1 / (1 + xr.ufuncs.exp(-mean))}
'''
# A sample of a normal distribution whose spread is known, and is the form's.
KNOWN_DENSITY = '''"""One mean, and the density of each value.

    y ~ Normal(mean, spread)
"""
from dataclasses import dataclass

import numpy as np
import pymc as pm
import xarray as xr
from scipy import stats

from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, Normal
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection

QUESTION = "What is the mean?"
ESTIMANDS = {"mean": Estimand("the mean", "points", 0.0)}
PRIOR_VARS = ("mean",)
VALUES = np.array(%s)


@dataclass(frozen=True, kw_only=True)
class Priors:
    mean: Family = prior("points", "the mean")


PRIORS = {"reference": Priors(mean=Normal(mean=0, sd=10))}


def spread(study):
    return 1.0 if study.spec.analysis.likelihood == "normal" else 2.0


def select(study):
    return Selection(study.data["participant"].values.astype(str)[: len(VALUES)])


def build(study, priors):
    with pm.Model() as model:
        mean = families(priors)["mean"].variable("mean")
        pm.Normal("y", mean, spread(study), observed=pm.Data("values", VALUES))
    return model


def derive(posterior, study):
    return {"mean": posterior["mean"]}


def log_likelihood(posterior, study):
    values = xr.DataArray(VALUES, dims="participant", coords={"participant": select(study).used})
    density = xr.apply_ufunc(stats.norm.logpdf, values, posterior["mean"], spread(study))
    return density.transpose("chain", "draw", "participant")


def leave_out(study, participants):
    return {"values": VALUES[~np.isin(select(study).used, participants)]}
'''


@pytest.fixture(scope="session")
def known_density(tmp_path_factory: pytest.TempPathFactory) -> Callable[[np.ndarray], str]:
    """A function that writes the model of known density for some values, and gives its file."""

    def write(values: np.ndarray) -> str:
        path = tmp_path_factory.mktemp("models") / "known_density.py"
        path.write_text(KNOWN_DENSITY % values.tolist())
        return str(path)

    return write


@pytest.fixture(scope="session")
def one_mean(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The model of one mean, from a file on disk."""
    path = tmp_path_factory.mktemp("models") / "one_mean.py"
    path.write_text(MODEL)
    return load_model(str(path))


@pytest.fixture(scope="session")
def own_model() -> str:
    """The model file of the documentation, which compiles in seconds."""
    return str(ROOT / "docs" / "examples" / "own_model.py")


@pytest.fixture
def fit_of():
    """A function that makes a fit of `one_mean` from draws of the mean, shape ``(chain, draw)``."""

    def make(draws: np.ndarray, diverging: int = 0, energy: np.ndarray | None = None) -> Fit:
        rng = np.random.default_rng(1)
        dims = ("chain", "draw")
        flags = np.zeros(draws.size, dtype=bool)
        flags[:diverging] = True
        stats = xr.Dataset(
            {
                "diverging": (dims, flags.reshape(draws.shape)),
                "energy": (dims, rng.normal(size=draws.shape) if energy is None else energy),
                "depth": (dims, np.full(draws.shape, 3)),
            }
        )
        prior = xr.Dataset({"mean": (dims, rng.normal(0, 10, size=(1, 4000)))})
        tree = {"posterior": xr.Dataset({"mean": (dims, draws)}), "sample_stats": stats, "prior": prior}
        return Fit(
            model="one_mean",
            prior="reference",
            tree=xr.DataTree.from_dict(tree),
            draws=draws.shape[1],
            tune=1000,
            chains=draws.shape[0],
            target_accept=0.9,
            seed=1,
            attempts=1,
            seconds_sampling=0.1,
            seconds_compiling=1.0,
        )

    return make
