"""A run on disk: written so that a killed run leaves whole files or none, and goes on from them."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import xarray as xr

from cochange.data.audit import COLUMNS, Audit
from cochange.data.faults import CochangeError, Notice
from cochange.data.paths import as_path
from cochange.data.spec import StudySpec
from cochange.data.study import Study
from cochange.inference.doubled import doubled_name
from cochange.inference.estimand_draws import FILE as DRAWS
from cochange.inference.estimand_draws import load_draws, save_draws
from cochange.inference.files import write_json, write_whole
from cochange.inference.fit import Fit
from cochange.inference.forms import compared_forms, form_of, stored_name
from cochange.inference.loo import GROUP
from cochange.inference.quiet import LOG
from cochange.inference.results import Results, assemble
from cochange.inference.set_aside import MARK, set_aside
from cochange.inference.sources import source_hash
from cochange.inference.stored_rows import RECORD, sources_of, stored_rows
from cochange.models import parts
from cochange.models.parts.contract import Model, load_model
from cochange.models.parts.prior_sets import PriorsLike, families, prior_sets

SCHEMA = "cochange.results/1"
SCHEMA_FILE = "schema/results.schema.json"
# The attribute of a stored fit that says which study it is of, by the hash of its content.
INPUT = "cochange_input"
# What a report shows of the main fit of a model beyond its draws and what its prior expects.
OF_THE_MAIN_FIT = ("sample_stats", "posterior_predictive", "observed_data", GROUP)
# What the manifest of an earlier version lacks, and what stands for it.
RECORDED_LATER: Mapping[str, Any] = {"doubled": None, "priors": {}}


class StoreError(CochangeError):
    """A run directory cannot be read, or belongs to another run."""


def fingerprint(study: Study, model: Model, priors: PriorsLike, manifest: Mapping[str, Any]) -> str:
    """What a stored fit depends on: input, model file and its parts, prior values, settings and versions."""
    content = {
        "input": study.content_hash,
        "model": hashlib.sha256(model.source.read_bytes()).hexdigest(),
        "parts": source_hash(Path(parts.__path__[0])),
        "priors": {name: [type(family).__name__, family.values()] for name, family in families(priors).items()},
        "form": form_of(study, model.name),
        "settings": {name: value for name, value in manifest["settings"].items() if name != "cores"},
        "versions": manifest["versions"],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def fit_path(directory: Path, model: str, prior: str) -> Path:
    """Where a fit is stored."""
    return directory / "posterior" / f"{model}-{prior}.nc"


def save_fit(directory: Path, fit: Fit, key: str, content_hash: str) -> None:
    """Store a fit in one file, with the fingerprint it can be recognised by and the hash of the study it is of.

    An earlier run of the folder that has a fit of this name is no longer whole then, and its mark is taken off.
    """
    record = {item.name: getattr(fit, item.name) for item in fields(fit) if item.name != "tree"}
    tree = fit.tree.copy()
    _give_way(directory, fit.model, fit.prior)
    tree.attrs = {"cochange_fit": json.dumps(record), "cochange_fingerprint": key, INPUT: content_hash}
    write_whole(fit_path(directory, fit.model, fit.prior), lambda passing: tree.to_netcdf(passing, engine="h5netcdf"))


def load_fit(directory: Path, model: str, prior: str, key: str | None = None, groups: Sequence[str] = ()) -> Fit | None:
    """A stored fit; None where none can be read, or where it was made from something else than `key` says.

    Parameters
    ----------
    directory : Path
        The run directory.
    model, prior : str
        Names of the fit.
    key : str, optional
        The fingerprint it must have; any without it.
    groups : sequence of str, optional
        The groups of its tree that are read, of those it has; all of them by default.
    """
    path = fit_path(directory, model, prior)
    if not path.is_file():
        return None
    try:
        if groups:
            tree = _some(path, groups)
        else:
            with xr.open_datatree(path, engine="h5netcdf") as stored:
                if key is not None and stored.attrs.get("cochange_fingerprint") != key:
                    return None
                tree = stored.load()
        return Fit(tree=tree, **json.loads(tree.attrs["cochange_fit"]))
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:
        LOG.debug("%s: %s", path, error)
        return None


def _whole_fit(directory: Path, model: str, prior: str, groups: Sequence[str]) -> Fit:
    """A fit that a finished run has; arguments as of `load_fit`."""
    fit = load_fit(directory, model, prior, groups=groups)
    if fit is None:
        raise StoreError(
            f"{fit_path(directory, model, prior)} is missing or damaged; run the study again with --out {directory} to "
            "make it"
        )
    return fit


def _groups_read(partly: bool, main: bool, derived: bool) -> tuple[str, ...]:
    """The groups of a fit that a report reads; empty for all."""
    if not partly:
        return ()
    posterior = ("posterior",) if main or not derived else ()
    return (*posterior, "prior_predictive", *(OF_THE_MAIN_FIT if main else ()))


def _some(path: Path, groups: Sequence[str]) -> xr.DataTree:
    with h5py.File(path) as file:
        here = [name for name in groups if name in file]
    tree = xr.DataTree.from_dict({name: xr.load_dataset(path, group=name, engine="h5netcdf") for name in here})
    tree.attrs = xr.load_dataset(path, engine="h5netcdf").attrs
    return tree


def save_study(directory: Path, study: Study) -> None:
    """Store the study as read, so that a report needs neither the study file nor the data file."""
    folder = directory / "study"
    write_json(
        folder / "study.json",
        {
            "name": study.path.name,
            "spec": study.spec.model_dump(mode="json"),
            "notices": [asdict(notice) for notice in study.notices],
            "facts": study.audit.facts,
            "input_hash": study.input_hash,
            "content_hash": study.content_hash,
        },
    )
    write_whole(folder / "data.nc", lambda passing: study.data.to_netcdf(passing, engine="h5netcdf"))
    write_whole(folder / "audit.csv", lambda passing: study.audit.records.to_csv(passing, index=False))


def load_study(directory: Path) -> Study:
    """The study stored with a run.

    Raises
    ------
    StoreError
        If the directory holds no run.
    """
    folder = directory / "study"
    if not (folder / "study.json").is_file():
        raise StoreError(
            f"{directory}: holds no run of cochange (study/study.json is missing); give the --out of a run"
        )
    record = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    with xr.open_dataset(folder / "data.nc", engine="h5netcdf") as stored:
        data = stored.load()
    text = {name: str for name in COLUMNS if name not in ("row", "value")}
    records = pd.read_csv(
        folder / "audit.csv", dtype=text | {"row": "Int64"}, keep_default_na=False, na_values={"row": ""}
    )
    return Study(
        spec=StudySpec.model_validate(record["spec"]),
        path=directory / record["name"],
        data=data,
        audit=Audit(records, record["facts"]),
        notices=tuple(Notice(**notice) for notice in record["notices"]),
        input_hash=record["input_hash"],
        # A study of an earlier version is known by its bytes alone.
        content_hash=record.get("content_hash", record["input_hash"]),
    )


def results_schema() -> str:
    """The JSON Schema of ``results.json``, as text."""
    return (files("cochange.inference") / SCHEMA_FILE).read_text("utf-8")


def save_results(directory: Path, results: Results) -> None:
    """Write ``results.json`` with its schema, ``estimands.npz``, ``audit.csv`` and ``manifest.json``."""
    write_json(directory / MARK, results.manifest)
    schema = results_schema()
    write_whole(directory / "results.schema.json", lambda passing: passing.write_text(schema, encoding="utf-8"))
    write_whole(directory / "audit.csv", lambda passing: results.use.to_csv(passing, index=False))
    study = results.study
    write_json(
        directory / "results.json",
        {
            "schema": SCHEMA,
            "study": {
                "title": study.spec.study.title,
                "design": study.spec.study.design,
                "treatment": study.spec.study.treatment,
                "synthetic": study.spec.study.synthetic,
                "participants": study.data.sizes["participant"],
                "baseline": study.baseline,
                "follow_up": study.follow_up,
                "marker": study.marker,
                "symptom": study.scale.name if study.scale else None,
                "primary_model": study.spec.analysis.primary_model,
                "primary_estimand": study.spec.analysis.primary_estimand,
            },
            "verdict": asdict(results.verdict),
            "estimates": [asdict(row) for row in results.estimates],
            "decisions": [
                {
                    **{
                        name: getattr(item.estimate, name)
                        for name in ("model", "prior", "estimand", "form", "marker", "visit", "group")
                    },
                    **{name: getattr(item, name) for name in ("direction", "importance", "settled")},
                }
                for item in results.decisions
            ],
            "diagnostics": [asdict(item) for item in results.diagnostics],
            "no_change": [asdict(row) for row in results.no_change],
            "comparison": [asdict(row) for row in results.comparison],
            "doubled": [asdict(row) for row in results.doubled],
            "under_scenarios": [asdict(row) for row in results.under_scenarios],
            "surfaces": [asdict(row) for row in results.surfaces],
            "not_fitted": results.not_fitted,
            "audit": {
                "facts": study.audit.facts,
                "notices": [str(notice) for notice in study.notices],
                "used": {name: len(selection.used) for name, selection in results.selections.items()},
                "left_out": {name: dict(selection.left_out) for name, selection in results.selections.items()},
                "notes": {name: list(selection.notes) for name, selection in results.selections.items()},
            },
            "manifest": results.manifest,
        },
    )
    write_whole(directory / DRAWS, lambda passing: save_draws(passing, results.draws))
    write_json(directory / RECORD, sources_of(directory))


def keep_model_file(directory: Path, model: Model) -> None:
    """Keep a copy of a statistician's own model file, from which the report is rendered again.

    An earlier run of the folder made with another content of the file is no longer whole then.
    """
    kept = directory / "model_files" / model.source.name
    if kept.is_file() and kept.read_bytes() != model.source.read_bytes():
        _give_way(directory, model.name)
    write_whole(kept, lambda passing: shutil.copyfile(model.source, passing))


def _give_way(directory: Path, model: str, prior: str | None = None) -> None:
    """Set a finished run aside that has a fit of a model under this name; of any name without one.

    Beside those of its prior sets a run has fits of the main one with twice the draws and in other forms, whose names
    begin with that of the set.
    """
    mark = directory / MARK
    if not mark.is_file():
        return
    names = json.loads(mark.read_text(encoding="utf-8"))["fits"].get(model, [])
    if names and (prior is None or prior in names or prior.startswith(f"{names[0]}-")):
        set_aside(directory)


def load_results(directory: Path | str, whole: bool = True) -> Results:
    """The results of a finished run; summarised again from its stored draws where they, the study or the code changed.

    Parameters
    ----------
    directory : Path or str
        The run directory.
    whole : bool
        Whether every group of every fit is read; a report takes less of those that are not the main ones.

    Raises
    ------
    StoreError
        If the directory holds no finished run.
    TypeError
        If it is no path.
    """
    directory = as_path(directory, "directory must be the path of the folder of a run")
    study = load_study(directory)
    if not (directory / MARK).is_file():
        raise StoreError(f"{directory}: the run is not finished; start it again with the same command, and it goes on")
    recorded = json.loads((directory / MARK).read_text(encoding="utf-8"))
    manifest = recorded | {name: value for name, value in RECORDED_LATER.items() if name not in recorded}
    rows = stored_rows(directory)
    partly = rows is not None and not whole
    draws = load_draws(directory / DRAWS) if partly and (directory / DRAWS).is_file() else None
    models, not_fitted, selections, priors, fits, forms = [], {}, {}, {}, {}, {}
    for name, sets in manifest["fits"].items():
        own = directory / "model_files" / f"{name}.py"
        model = load_model(str(own) if own.is_file() else name)
        selections[name] = model.select(study)
        if not sets:
            not_fitted[name] = selections[name].problem
            continue
        models.append(model)
        all_sets = prior_sets(name, model.shipped, study)
        priors[name] = {prior: all_sets[prior] for prior in sets}
        for prior in sets:
            fits[name, prior] = _whole_fit(
                directory, name, prior, _groups_read(partly, prior == sets[0], draws is not None)
            )
        for form in compared_forms(study, model):
            other = load_fit(directory, name, stored_name(sets[0], form), groups=(GROUP,) if partly else ())
            if other is not None and GROUP in other.tree.children:
                forms[name, form] = other
    twice = None
    if rows is None and (model_doubled := manifest["doubled"]):
        twice = load_fit(directory, model_doubled, doubled_name(next(iter(priors[model_doubled]))))
    return assemble(study, tuple(models), not_fitted, selections, priors, fits, manifest, forms, twice, rows, draws)
