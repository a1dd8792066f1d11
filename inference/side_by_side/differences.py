"""What differs between runs: data, versions, machine, seed, settings, study file, models and prior values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cochange.inference.side_by_side.kin import data_families
from cochange.inference.side_by_side.stored import StoredRun

ABSENT = "none"
HASH_DIGITS = 12
HASH = "SHA-256 of study file and data together"


@dataclass(frozen=True)
class Difference:
    """One thing in which runs differ.

    Attributes
    ----------
    kind : {"data", "computation", "study file", "models", "priors"}
        What it belongs to.
    item : str
        What it is; a key of the study file, or a parameter.
    by_run : tuple of str
        Its value in each run, in their order.
    """

    kind: str
    item: str
    by_run: tuple[str, ...]


def differences(runs: Sequence[StoredRun]) -> tuple[Difference, ...]:
    """Everything recorded of the runs in which not all of them agree.

    Parameters
    ----------
    runs : sequence of StoredRun
        The runs.
    """
    kinds = {
        "data": _data(runs),
        "computation": [_computation(run.manifest) for run in runs],
        "study file": [_study_file(run) for run in runs],
        "models": [_models(run) for run in runs],
        "priors": [_priors(run) for run in runs],
    }
    return tuple(
        Difference(kind, item, tuple(_value(kind, item, *pair) for pair in zip(records, runs, strict=True)))
        for kind, records in kinds.items()
        for item in dict.fromkeys(name for record in records for name in record)
        if _differ(kind, [record.get(item, ABSENT) for record in records])
    )


def _differ(kind: str, values: Sequence[str]) -> bool:
    """Whether values differ; a run that lacks a model or a prior set has no value of its own to differ by."""
    return len(set(values) - ({ABSENT} if kind == "priors" else set())) > 1


def _value(kind: str, item: str, record: Mapping[str, str], run: StoredRun) -> str:
    if item in record or kind not in ("models", "priors"):
        return record.get(item, ABSENT)
    return "not recorded" if kind == "priors" and not run.manifest["priors"] else "not asked for"


def _data(runs: Sequence[StoredRun]) -> list[dict[str, str]]:
    specs = [run.study.spec for run in runs]
    return [
        {
            HASH: run.study.input_hash[:HASH_DIGITS],
            "study file as read": f"study file {specs.index(run.study.spec) + 1}",
            "data as read": f"data set {number + 1}",
            "synthetic": "yes" if run.synthetic else "no",
            "participants": str(run.study.data.sizes["participant"]),
        }
        for run, number in zip(runs, data_families(runs), strict=True)
    ]


def _computation(manifest: Mapping[str, Any]) -> dict[str, str]:
    names = ("seed", "settings", "doubled", "versions", "python", "platform", "cpu")
    # The seed stands among the settings too.
    asked = {name: value for name, value in manifest["settings"].items() if name not in ("seed", "cores")}
    return dict(_flat({name: manifest[name] for name in names} | {"settings": asked}))


def _study_file(run: StoredRun) -> dict[str, str]:
    keys = run.study.spec.model_dump(mode="json")
    # A prior stands on one line.
    for own in keys["analysis"]["prior_sets"].values():
        for model, priors in own.items():
            if model != "base":
                own[model] = {name: _in_words(family) for name, family in priors.items()}
    return dict(_flat(keys))


def _models(run: StoredRun) -> dict[str, str]:
    fitted = {f"prior sets of {name}": ", ".join(sets) or "not fitted" for name, sets in run.manifest["fits"].items()}
    files = {f"own model file {name}": value[:HASH_DIGITS] for name, value in run.model_files.items()}
    return fitted | files


def _priors(run: StoredRun) -> dict[str, str]:
    """Each prior of each set; empty for a run made before their values were recorded."""
    return {
        f"{parameter} of {model}, {prior}": _in_words(family)
        for model, sets in run.manifest["priors"].items()
        for prior, parameters in sets.items()
        for parameter, family in parameters.items()
    }


def _in_words(family: Mapping[str, Any]) -> str:
    """A prior on one line, with its source; one of the study file may leave its family to the base set."""
    values = ", ".join(f"{name} {value:g}" for name, value in family.items() if name not in ("family", "source"))
    words = f"{family['family']}({values})" if "family" in family else values
    return f"{words}; source: {family['source']}" if "source" in family else words


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted names with their values as text; lists of tables by their place."""
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield from _flat({f"{number}": item for number, item in enumerate(value, 1)}, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: object) -> str:
    if value is None or value in ("", []):
        return ABSENT
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
