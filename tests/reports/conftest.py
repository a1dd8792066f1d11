"""Results whose draws are made up, of the example study and of variants of it: nothing is sampled."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
import xarray as xr

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.compiled import draw_priors
from cochange.inference.estimates import decide
from cochange.inference.fit import Fit
from cochange.inference.manifest import make_manifest
from cochange.inference.results import Results, assemble
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.design import Design, make_design
from cochange.models.parts.prior_sets import prior_sets
from cochange.reports.block import Block
from cochange.reports.cover import Cover, cover_of
from cochange.reports.document import SECTIONS, render_page
from cochange.reports.numbers import MINUS

MODELS = ("marker_change", "parallel_change", "symptom_change")
PRIORS = ("reference", "sceptical")
CHAINS, DRAWS, REPLICATIONS = 4, 600, 40

# Location and spread of the made-up draws of each parameter, with its own dimension.
PARAMETERS: Mapping[str, Mapping[str, tuple[float, float, str]]] = {
    "marker_change": {
        "baseline": (0.3, 0.1, ""),
        "change": (-0.3, 0.05, ""),
        "retest_z": (0.5, 0.1, ""),
        "sigma": (1.0, 0.05, "visit"),
    },
    "parallel_change": {
        "intercept": (-9.0, 0.8, ""),
        "parallel": (0.1, 0.7, ""),
        "baseline_marker": (-0.5, 0.7, ""),
        "baseline_symptom": (-0.4, 0.1, ""),
        "sigma": (7.0, 0.4, ""),
        "raw_mean": (0.0, 0.1, "change"),
        "raw_sd": (1.0, 0.05, "change"),
        "raw_z": (0.4, 0.1, ""),
    },
    "symptom_change": {
        "intercept": (-9.0, 0.8, "form"),
        "prognostic": (-1.5, 0.4, "form"),
        "baseline_symptom": (-0.4, 0.1, ""),
        "sigma": (7.0, 0.4, "form"),
    },
}
# What no sentence on one arm and two visits may say.
FORBIDDEN = re.compile(r"significan|\beffects?\b|\bcaus|\bled to\b|\bimpact|\bworks?\b|\bmediat", re.IGNORECASE)
NUMBER = re.compile(rf"(?<![\w.-])({MINUS}?)(\d[\d,]*(?:\.\d+)?)(%?)(?![\w-])")
OUTCOME = {"marker_change": "equation", "parallel_change": "equation", "symptom_change": "form"}


@dataclass(frozen=True)
class Report:
    """Results, what is made of them, and the processor time it took."""

    results: Results
    blocks: dict[str, Block]
    page: str
    seconds: float

    @property
    def words(self) -> str:
        """The page with nothing about the names that keep to one line."""
        return re.sub('<span class="name">(.*?)</span>', r"\1", self.page)


@pytest.fixture(scope="session")
def study() -> Study:
    return read_study(example_path())


@pytest.fixture(scope="session")
def results(study: Study) -> Results:
    return results_of(study)


@pytest.fixture(scope="session")
def report(results: Results) -> Report:
    return report_of(results)


@pytest.fixture(scope="session")
def cover(report: Report) -> Cover:
    """The frame of that report."""
    return cover_of(report.results)


@pytest.fixture(scope="session")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, str]], Study]:
    """Read the example study with some texts of its study file replaced."""

    def read(changes: Mapping[str, str]) -> Study:
        text = example_path().read_text("utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path_factory.mktemp("variant") / "study.toml"
        path.write_text(text, "utf-8")
        return read_study(path, example_path().parent)

    return read


@pytest.fixture(scope="session")
def no_marker(variant: Callable[[Mapping[str, str]], Study]) -> Study:
    text = example_path().read_text("utf-8")
    table = text[text.index("[[marker]]") : text.index("[symptom]")]
    return variant({table: ""})


@pytest.fixture(scope="session")
def two_arms(variant: Callable[[Mapping[str, str]], Study]) -> Study:
    return variant(
        {
            'design = "single arm"': 'design = "randomised"',
            "[sites]                            # optional": "[arms]",
            'column = "clinic"': 'column = "clinic"\ncontrol = "North"',
            "synthetic = true": "synthetic = false",
        }
    )


@pytest.fixture(scope="session")
def fabricate() -> Callable[..., Results]:
    return results_of


@pytest.fixture(scope="session")
def make_report() -> Callable[..., Report]:
    return report_of


@pytest.fixture(scope="session")
def with_analysis() -> Callable[[Study, Mapping[str, object]], Study]:
    """A study whose file says something else under ``[analysis]``."""

    def changed(study: Study, values: Mapping[str, object]) -> Study:
        analysis = study.spec.analysis.model_copy(update=dict(values))
        return replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))

    return changed


@pytest.fixture(scope="session")
def plant() -> Callable[..., Results]:
    return planted


@pytest.fixture(scope="session")
def from_prior() -> Callable[[Study, str], Results]:
    return results_from_prior


def results_from_prior(study: Study, name: str) -> Results:
    """Results of one model under its reference priors, with draws of the prior in place of the posterior's."""
    model = load_model(name)
    priors = prior_sets(name, model.shipped, study)["reference"]
    draws = DRAWS // 3
    drawn = draw_priors(model.build(study, priors), model, study, priors, CHAINS * draws, 1)
    chains = [drawn.isel(chain=0, draw=slice(i, None, CHAINS)).assign_coords(draw=range(draws)) for i in range(CHAINS)]
    posterior = xr.concat(chains, dim="chain").assign_coords(chain=range(CHAINS))
    rng = np.random.default_rng(2)
    assert model.replicate is not None
    assert model.observed_data is not None
    groups = {
        "posterior": posterior,
        "sample_stats": _sampled(rng, draws),
        "prior": drawn,
        "prior_predictive": model.replicate(drawn.isel(draw=slice(0, 40)), study, rng),
        "posterior_predictive": model.replicate(posterior.isel(draw=slice(0, 10)), study, rng),
        "observed_data": model.observed_data(study),
    }
    fit = Fit(
        model=name, prior="reference", tree=xr.DataTree.from_dict(groups), draws=draws, tune=500, chains=CHAINS,
        target_accept=0.9, seed=1, attempts=1, seconds_sampling=0.5, seconds_compiling=1.0,
    )  # fmt: skip
    sets = {name: {"reference": priors}}
    manifest = make_manifest(study, Settings(), sets, {})
    return assemble(study, (model,), {}, {name: model.select(study)}, sets, {(name, "reference"): fit}, manifest)


def _sampled(rng: np.random.Generator, draws: int) -> xr.Dataset:
    """What a sampler without fault records."""
    return xr.Dataset(
        {
            "diverging": (("chain", "draw"), np.zeros((CHAINS, draws), dtype=bool)),
            "energy": (("chain", "draw"), rng.normal(300, 5, (CHAINS, draws))),
            "depth": (("chain", "draw"), np.full((CHAINS, draws), 3)),
        }
    )


@pytest.fixture(scope="session")
def forbidden() -> re.Pattern[str]:
    return FORBIDDEN


@pytest.fixture(scope="session")
def numbers_in() -> Callable[[str], list[tuple[float, float]]]:
    """The numbers of a text, percentages as shares, each with half a unit of its last place."""

    def read(text: str) -> list[tuple[float, float]]:
        found = []
        for sign, digits, percent in NUMBER.findall(text):
            scale = 0.01 if percent else 1.0
            half = 10.0 ** -len(digits.partition(".")[2]) / 2
            found.append(((-1 if sign else 1) * float(digits.replace(",", "")) * scale, half * scale))
        return found

    return read


@pytest.fixture(scope="session")
def lines_of() -> Callable[[Block, str], dict[tuple[str, str], Mapping[str, str]]]:
    """The lines of a table of a section, by group and first cell: their cells by the labels of the columns."""

    def read(block: Block, name: str) -> dict[tuple[str, str], Mapping[str, str]]:
        (table,) = [table for table in block.tables if table.name == name]
        labels = [column.label for column in table.columns]
        lines = [(group.label, row) for group in table.groups for row in group.rows]
        found = {(group, row[0]): dict(zip(labels, map(str, row), strict=True)) for group, row in lines}
        assert len(found) == len(lines), "lines of one name"
        return found

    return read


def report_of(results: Results, *titles: str) -> Report:
    """The report, or some of its sections only."""
    start = time.process_time()
    wanted = [section for section in SECTIONS if not titles or section.title in titles]
    blocks = {section.title: section.block(results) for section in wanted}
    page = render_page(cover_of(results), blocks)
    return Report(results, blocks, page, time.process_time() - start)


def results_of(study: Study, priors: tuple[str, ...] = PRIORS, spoil: str = "") -> Results:
    """Results from made-up draws; the chains of the model named by `spoil` disagree under every prior."""
    models = [load_model(name) for name in MODELS]
    selections = {model.name: model.select(study) for model in models}
    fitted = tuple(model for model in models if not selections[model.name].problem)
    not_fitted = {name: selection.problem for name, selection in selections.items() if selection.problem}
    sets = {}
    fits = {}
    for model in fitted:
        available = prior_sets(model.name, model.shipped, study)
        sets[model.name] = {prior: available[prior] for prior in priors}
        for prior in priors:
            fits[model.name, prior] = _fit(study, model.name, prior, selections[model.name].used, spoil == model.name)
    manifest = make_manifest(study, Settings(), sets, not_fitted)
    return assemble(study, fitted, not_fitted, selections, sets, fits, manifest)


def planted(
    results: Results, estimand: str, prior: str = "reference", settled: bool = True, **values: object
) -> Results:
    """The results with other values in the main row of an estimand under one prior."""
    estimates = tuple(
        replace(row, **values)
        if (row.estimand, row.prior, row.group) == (estimand, prior, "overall") and row.form in (None, "ancova")
        else row
        for row in results.estimates
    )
    failed = {(row.model, row.prior) for row in estimates if (row.estimand, row.prior) == (estimand, prior)}
    before = {(item.estimate.model, item.estimate.prior) for item in results.decisions if not item.settled}
    unsettled = before if settled else before | failed
    decisions = tuple(decide(row, (row.model, row.prior) not in unsettled) for row in estimates)
    return replace(results, estimates=estimates, decisions=decisions)


def _fit(study: Study, model: str, prior: str, used: np.ndarray, spoil: bool) -> Fit:
    rng = np.random.default_rng([len(model), len(prior)])
    design = make_design(study, used)
    posterior = _draws(rng, model, study, design, CHAINS, DRAWS)
    if spoil:
        posterior = posterior + xr.DataArray(np.arange(CHAINS), dims="chain")
    groups = {
        "posterior": posterior,
        "sample_stats": _sampled(rng, DRAWS),
        "prior": _draws(rng, model, study, design, 1, 500, 8.0 if prior == "reference" else 1.0),
        "prior_predictive": _replications(rng, model, study, used, 1),
        "posterior_predictive": _replications(rng, model, study, used, CHAINS),
        "observed_data": _replications(rng, model, study, used, 1, 1).isel(chain=0, draw=0, drop=True),
    }
    return Fit(
        model=model, prior=prior, tree=xr.DataTree.from_dict(groups), draws=DRAWS, tune=500, chains=CHAINS,
        target_accept=0.9, seed=1, attempts=1, seconds_sampling=0.5, seconds_compiling=1.0,
    )  # fmt: skip


def _draws(
    rng: np.random.Generator, model: str, study: Study, design: Design, chains: int, draws: int, wider: float = 1.0
) -> xr.Dataset:
    outcome = OUTCOME[model]
    coords: dict[str, list[str]] = {
        "form": ["ancova", "change score"],
        "visit": [study.baseline, study.follow_up],
        "change": ["marker", "symptom"],
        "equation": ["change"] if model == "parallel_change" else ["baseline", "change"],
        **design.coords,
    }
    shapes = {
        name: (centre, sd * wider, (dim,) if dim else ()) for name, (centre, sd, dim) in PARAMETERS[model].items()
    }
    if study.marker is None:
        shapes.pop("prognostic", None)
    for name, dim in (("covariate_effect", "covariate"), ("arm_difference", "arm_effect")):
        if dim in design.coords:
            shapes[name] = (-0.5, 0.2, (outcome, dim))
    if study.spec.analysis.likelihood == "student_t":
        shapes["nu"] = (12.0, 2.0, () if model == "marker_change" else (outcome,))
    for name in (name for name in ("group", "site") if name in design.coords):
        shapes[f"{name}_sd"] = (1.0, 0.1, (outcome,))
        shapes[f"{name}_standard"] = (0.0, 0.3, (outcome, name))
    data = {}
    for name, (centre, sd, dims) in shapes.items():
        shape = (chains, draws, *(len(coords[dim]) for dim in dims))
        data[name] = (("chain", "draw", *dims), rng.normal(centre, sd, shape))
        if "sd" in name or "sigma" in name:
            data[name] = (data[name][0], np.abs(data[name][1]) + 0.01)
    found = {dim: coords[dim] for dims, _ in data.values() for dim in dims if dim in coords}
    return xr.Dataset(data, coords={"chain": np.arange(chains), "draw": np.arange(draws), **found})


def _replications(
    rng: np.random.Generator, model: str, study: Study, used: np.ndarray, chains: int, draws: int = REPLICATIONS
) -> xr.Dataset:
    def values(dims: Mapping[str, list[str]], low: float = -np.inf) -> xr.DataArray:
        shape = (chains, draws, *(len(labels) for labels in dims.values()))
        return xr.DataArray(np.maximum(rng.normal(0, 8, shape), low), dims=("chain", "draw", *dims), coords=dict(dims))

    people = {"participant": used.tolist()}
    if model == "marker_change":
        pair = {"pair": used.tolist(), "visit": [study.baseline, study.follow_up]}
        return xr.Dataset({"log_marker": values(pair, -2.0)})
    if model == "parallel_change":
        return xr.Dataset({"change_of_score": values(people), "raw_marker_change": values(people)})
    return xr.Dataset({"change": values({"form": ["ancova", "change score"], **people})})
