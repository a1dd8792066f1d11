"""Studies with every layer of the joint model, and points at which to evaluate it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.models import joint_change
from cochange.models.parts.joint.frame import make_frame
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.prior_sets import families

MARKERS = ("il6", "crp", "tnf")


def people(n: int = 45, seed: int = 1) -> pd.DataFrame:
    """A pre/post table as text with every kind of column; nothing is missing or beyond a limit."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    table = {
        "id": [f"P{i:04d}" for i in index],
        "arm": np.where(rng.random(n) < 0.5, "T", "C"),
        "intensity": np.where(index % 3 == 0, "vigorous", np.where(index % 3 == 1, "light", "moderate")),
        "clinic": np.where(rng.random(n) < 0.4, "North", "South"),
        "age": np.round(rng.normal(45, 10, n), 1),
        "sex": np.where(index % 4 == 0, "male", "female"),
        "plate_0": np.where(rng.random(n) < 0.6, "A", "B"),
        "plate_12": np.where(rng.random(n) < 0.5, "A", "C"),
    }
    level = rng.normal(0, 0.5, n)
    for name in MARKERS:
        m0 = rng.normal(0.4, 0.6, n) + level
        m1 = m0 + rng.normal(-0.1, 0.6, n)
        table |= {f"{name}_0": np.exp(m0).round(4), f"{name}_12": np.exp(m1).round(4)}
        table[f"{name}_0_again"] = np.exp(m0 + rng.normal(0, 0.1, n)).round(4)
        table[f"{name}_12_again"] = np.exp(m1 + rng.normal(0, 0.1, n)).round(4)
    y0 = np.clip(np.round(24 + 4 * level + rng.normal(0, 4, n), 1), 10.1, 45)
    y1 = np.clip(np.round(y0 - 8 + rng.normal(0, 5, n), 1), 0, 60)
    table |= {"madrs_0": y0, "madrs_12": y1, "phq9": np.clip(np.round(rng.normal(15, 4, n)), 10, 27).astype(int)}
    return pd.DataFrame(table).astype(str)


def with_gaps(table: pd.DataFrame, columns: tuple[str, ...], cells: tuple[str, ...], seed: int = 3) -> pd.DataFrame:
    """Some cells of every column replaced, at random and together; nobody is left without a follow-up score."""
    rng = np.random.default_rng(seed)
    changed = table.copy()
    for column in columns:
        for cell in cells:
            changed.loc[rng.random(len(table)) < 0.12, column] = cell
    return changed


@dataclass(frozen=True)
class Case:
    """A study, its table as text, and the layers it was written with."""

    study: Study
    table: pd.DataFrame
    has: tuple[str, ...] = ()
    markers: tuple[str, ...] = ("il6",)
    measurement: bool = True
    student_t: bool = False
    benefit: bool = False
    randomised: bool = True


MakeCase = Callable[..., Case]
TABLES: Mapping[str, Mapping[str, Any]] = {
    "arms": {"column": "arm", "control": "C"},
    "groups": {"column": "intensity"},
    "sites": {"column": "clinic"},
    "covariates": {"numeric": ["age"], "categorical": ["sex"]},
    "plates": {"columns": ["plate_0", "plate_12"]},
}
RULES: Mapping[str, Mapping[str, Any]] = {
    "screening": {"score": "PHQ-9", "column": "phq9", "above": 9},
    "severity": {"score": "severity", "column": "severity", "above": 9},
    "baseline": {"score": "MADRS", "column": "madrs_0", "above": 10},
}


@pytest.fixture(scope="session")
def make_case(tmp_path_factory: pytest.TempPathFactory, toml: Callable[..., str]) -> MakeCase:
    """Write a table and its study file, and read them as a user's study is read.

    `has` names the tables of the study file beyond marker and symptom, ``"wells"``, and what participants were
    included on: ``"screening"`` and ``"severity"``, scores of their own, or ``"baseline"``.
    """

    def make(
        table: pd.DataFrame,
        has: tuple[str, ...] = (),
        markers: tuple[str, ...] = ("il6",),
        measurement: bool = True,
        student_t: bool = False,
        benefit: bool = False,
        randomised: bool = True,
        symptom: Mapping[str, Any] | None = None,
        marker: Mapping[str, Any] | None = None,
    ) -> Case:
        folder = tmp_path_factory.mktemp("joint")
        table.to_csv(folder / "trial.csv", index=False)
        design = "randomised" if randomised else "observational"
        tables: list[tuple[str, Mapping[str, Any]]] = [
            ("[study]", {"title": "Small", "design": design if "arms" in has else "single arm"}),
            ("", {"treatment": "none"}),
            ("[data]", {"file": "trial.csv", "layout": "wide", "participant": "id", "visits": ["before", "after"]}),
        ]
        for name in markers:
            columns = [f"{name}_0", f"{name}_12"]
            wells = [[column, f"{column}_again"] for column in columns] if "wells" in has else columns
            keys = {"name": name, "unit": "pg/mL", "scale": "raw", "columns": wells, "confirmed": ["scale", "floors"]}
            tables.append(("[[marker]]", keys | dict(marker or {})))
        tables.append(("[symptom]", {"scale": "MADRS", "columns": ["madrs_0", "madrs_12"], **(symptom or {})}))
        tables += [(f"[{name}]", TABLES[name]) for name in has if name in TABLES]
        tables += [("[inclusion]", RULES[name]) for name in has if name in RULES]
        layers: dict[str, Any] = {
            "measurement": "on" if measurement else "off",
            "likelihood": "student_t" if student_t else "normal",
        }
        layers |= {"benefit_by_marker": benefit}
        tables.append(("[analysis]", layers | ({"marker": markers[0]} if len(markers) > 1 else {})))
        path = folder / "study.toml"
        path.write_text(toml(tables), encoding="utf-8")
        return Case(read_study(path), table, has, markers, measurement, student_t, benefit, randomised)

    return make


@pytest.fixture(scope="session")
def gaps() -> Callable[..., pd.DataFrame]:
    return with_gaps


@pytest.fixture(scope="session")
def make_table() -> Callable[..., pd.DataFrame]:
    return people


def labels_of(model: pm.Model, kind: str) -> list[str]:
    """Name of the parameter that each element of a vector of the graph belongs to."""
    return [label.split("[")[0] for label in model.coords.get(kind, ())]


def scales_of(model: pm.Model, at: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Prior standard deviation of what the graph draws for each standard normal parameter with a scale."""
    labels = labels_of(model, "Scaled")
    precision = model["precision"].get_value() if labels else np.array([])
    found = {}
    for name in dict.fromkeys(labels):
        own = precision[np.array(labels) == name]
        scale = at["slope_spread" if name == "slope_standard" else name.replace("_standard", "_sd")]
        found[name] = np.sqrt(1 + (own * np.repeat(scale, len(own) // len(scale))) ** 2)
    return found


def by_name(model: pm.Model, vectors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Parameters by name, each as one flat array, from the vectors of the graph and the labels along them."""
    found: dict[str, list[float]] = {}
    for kind in ("Normal", "HalfNormal", "Beta", "Gamma", "Scaled"):
        for name, value in zip(labels_of(model, kind), vectors.get(kind.lower(), ()), strict=True):
            found.setdefault(name, []).append(value)
    factors = {name: vectors[name] for name in ("baseline_markers", "marker_changes") if name in vectors}
    at = {name: np.array(values) for name, values in found.items()}
    at |= {name: at[name] / scale for name, scale in scales_of(model, at).items()}
    return at | factors


def family_of(priors: object, name: str) -> tuple[str, dict[str, float]]:
    """Family and hyperparameters of a parameter's prior; the standard normal one is not in the set."""
    if name.endswith("_standard"):
        return "Normal", {"mean": 0.0, "sd": 1.0}
    family = getattr(priors, name.removesuffix("_centre"))
    return type(family).__name__, family.values()


def _around(priors: object, name: str, rng: np.random.Generator) -> float:
    """A value on the sampler's scale not far from where the prior has its mass."""
    kind, values = family_of(priors, name)
    noise = float(rng.normal(0, 0.35))
    if kind == "Normal":
        return values["mean"] + 2 * noise * min(values["sd"], 10.0)
    if kind == "HalfNormal":
        return float(np.log(0.7 * min(values["sd"], 10.0))) + noise
    if kind == "Gamma":
        return float(np.log(values["shape"] / values["rate"])) + noise - 1
    return float(np.log(values["alpha"] / values["beta"])) + noise


Point = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]


@pytest.fixture(scope="session")
def points(quick: Mode) -> Callable[..., list[Point]]:
    """Random points on the sampler's scale, and the parameters by name that they stand for."""

    def draw(model: pm.Model, priors: object, n: int = 3) -> list[Point]:
        parameters = model.compile_fn(model.unobserved_value_vars, inputs=model.value_vars, mode=quick)
        names = [variable.name for variable in model.unobserved_value_vars]
        suffix = {"Normal": "", "HalfNormal": "_log__", "Beta": "_logodds__", "Gamma": "_log__", "Scaled": ""}
        labels = {kind: labels_of(model, kind) for kind in suffix}
        vectors = {f"{kind.lower()}{suffix[kind]}" for kind in suffix if labels[kind]}
        of_factors = {variable.name for variable in model.value_vars} - vectors
        below_diagonal = len(model.coords["marker"]) * (len(model.coords["marker"]) - 1) // 2
        rng = np.random.default_rng(11)
        found = []
        for _ in range(n):
            point = {
                f"{kind.lower()}{suffix[kind]}": np.array([_around(priors, name, rng) for name in labels[kind]])
                for kind in suffix
                if labels[kind]
            }
            point |= {name: rng.normal(0, 0.4, below_diagonal) for name in sorted(of_factors)}
            found.append((point, by_name(model, dict(zip(names, parameters(point), strict=True)))))
        return found

    return draw


def log_density_of(priors: object, at: Mapping[str, np.ndarray], model: pm.Model) -> float:
    """Log density of the parameters but the factors on the sampler's scale, with the derivative of its transforms."""
    total = -sum(float(np.log(scale).sum()) for scale in scales_of(model, at).values())
    for name, value in at.items():
        if name in ("baseline_markers", "marker_changes"):
            continue
        kind, v = family_of(priors, name)
        if kind == "Normal":
            total += stats.norm(v["mean"], v["sd"]).logpdf(value).sum()
        elif kind == "HalfNormal":
            total += (stats.halfnorm(scale=v["sd"]).logpdf(value) + np.log(value)).sum()
        elif kind == "Gamma":
            total += (stats.gamma(v["shape"], scale=1 / v["rate"]).logpdf(value) + np.log(value)).sum()
        else:
            total += (stats.beta(v["alpha"], v["beta"]).logpdf(value) + np.log(value) + np.log1p(-value)).sum()
    return float(total)


@pytest.fixture(scope="session")
def log_prior() -> Callable[[object, Mapping[str, np.ndarray], pm.Model], float]:
    return log_density_of


@pytest.fixture(scope="session")
def as_draws() -> Callable[[Mapping[str, np.ndarray], Study], xr.Dataset]:
    """One draw of parameters by name, or `n` copies of it, with the dims the model gives them."""

    def draws(at: Mapping[str, np.ndarray], study: Study, n: int = 1) -> xr.Dataset:
        together = joint_change.parameters(study)
        dims = {item.name: item.dims for item in together.items}
        assert set(dims) == set(at) - {"baseline_markers", "marker_changes"}
        variables = {}
        for name, value in at.items():
            own = dims.get(name, ("marker", "marker_"))
            shape = [len(together.coords[dim]) for dim in own]
            variables[name] = (("chain", "draw", *own), np.broadcast_to(value.reshape(shape), (1, n, *shape)))
        return xr.Dataset(variables)

    return draws


@dataclass(frozen=True)
class Sampler:
    """One compiled graph, for every study of the same structure and every prior set of the same families."""

    compiled: Any
    parameters: Any

    def draw(
        self,
        arrays: Mapping[str, np.ndarray],
        priors: Any,
        seed: int,
        draws: int = 1000,
        tune: int = 600,
        chains: int = 4,
        target_accept: float = 0.9,
    ) -> tuple[xr.Dataset, int]:
        """Draws of the parameters by name given the data of the graph, and how many diverged."""
        prior_of = families(priors)
        data = self.compiled.with_data(**arrays, **self.parameters.hyperparameters(prior_of))
        tree = nutpie.sample(
            data,
            draws=draws,
            tune=tune,
            chains=chains,
            cores=2,
            seed=seed,
            target_accept=target_accept,
            progress_bar=False,
        )
        named = self.parameters.named(tree["posterior"].to_dataset(), prior_of)
        return named, int(tree["sample_stats"]["diverging"].sum())


@pytest.fixture(scope="session")
def sampler_of() -> Callable[[Study, Any], Sampler]:
    """Compile the joint model of a study."""

    def compiled(study: Study, priors: Any) -> Sampler:
        parameters = joint_change.parameters(study).by_family(families(priors))
        return Sampler(nutpie.compile_pymc_model(joint_change.build(study, priors)), parameters)

    return compiled


@pytest.fixture(scope="session")
def arrays_of() -> Callable[[Study], dict[str, np.ndarray]]:
    """The data of the graph of a study."""

    def arrays(study: Study) -> dict[str, np.ndarray]:
        frame = make_frame(study, joint_change.select(study).used)
        return gather(frame.outcomes, frame.columns.values).arrays

    return arrays
