"""The model of one mean with a normal prior, whose posterior is known exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from scipy import stats

from cochange.data.specification.tables import SmallestImportant
from cochange.data.study import Study
from cochange.models.parts.contract import Model

N, MEAN_OF_DATA = 20, 0.6
VALUES = (1.9, -0.4, 0.7, 0.2, 1.1, -0.9, 1.4, 0.8)


@dataclass(frozen=True)
class Exact:
    """The conjugate posterior of a mean of twenty values with SD 1."""

    mean: float
    sd: float

    @property
    def precision(self) -> float:
        return N + 1 / self.sd**2

    @property
    def posterior(self) -> Any:
        return stats.norm((N * MEAN_OF_DATA + self.mean / self.sd**2) / self.precision, self.precision**-0.5)


@pytest.fixture
def exact() -> Callable[[float, float], Exact]:
    """The exact posterior under a normal prior."""
    return Exact


@pytest.fixture(scope="session")
def conjugate(one_mean: Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model file: twenty values with mean 0.6 and SD 1, reference prior N(0, 1)."""
    text = one_mean.source.read_text(encoding="utf-8")
    text = text.replace("np.zeros(20)", f"np.full({N}, {MEAN_OF_DATA})")
    text = text.replace(
        '{"reference": Priors(mean=Normal(mean=0, sd=10))}',
        '{"reference": Priors(mean=Normal(mean=0, sd=1)), "sceptical": Priors(mean=Normal(mean=0, sd=0.1)), '
        '"far": Priors(mean=Normal(mean=-3, sd=0.2)), "robust": Priors(mean=StudentT(df=4, mean=0, sd=1))}',
    ).replace("import Family, Normal", "import Family, Normal, StudentT")
    path = tmp_path_factory.mktemp("conjugate") / "conjugate.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def foretold(one_mean: Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model file with the density of each of eight values, and four prior sets."""
    text = one_mean.source.read_text(encoding="utf-8")
    text = text.replace("np.zeros(20)", f"np.array({list(VALUES)})")
    text = text.replace(
        '{"reference": Priors(mean=Normal(mean=0, sd=10))}',
        '{"reference": Priors(mean=Normal(mean=0, sd=1)), "near": Priors(mean=Normal(mean=0.8, sd=0.4)), '
        '"far": Priors(mean=Normal(mean=-3, sd=0.2)), "robust": Priors(mean=StudentT(df=4, mean=0, sd=1))}',
    ).replace("import Family, Normal", "import Family, Normal, StudentT")
    text += f"""

def log_likelihood(posterior, study):
    values = xr.DataArray(np.array({list(VALUES)}), dims="participant")
    return -0.5 * np.log(2 * np.pi) - 0.5 * (values - posterior["mean"]) ** 2
"""
    path = tmp_path_factory.mktemp("foretold") / "foretold.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def important_study(example_study: Study) -> Study:
    """The example study, with a smallest important difference of the mean."""
    from dataclasses import replace

    asked = {"mean": SmallestImportant(value=0.3, reason="for the test")}
    estimand = example_study.spec.estimand.model_copy(update={"smallest_important": asked})
    return replace(example_study, spec=example_study.spec.model_copy(update={"estimand": estimand}))
