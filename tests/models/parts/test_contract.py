"""The contract of a model file: ours meet it, and a file that does not is told every lack."""

import importlib
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import cochange.models
from cochange.models.parts.contract import CONTRACT, OF_TABLES, ContractError, available, load_model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import NAMES, families, hyperparameters

SHIPPED = ("marker_change", "parallel_change", "symptom_change")

OWN = '''"""A mean.

    y ~ Normal(mean, 1)

y is a score.
"""
from dataclasses import dataclass

import pymc as pm

from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, Normal
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection

QUESTION = "What is the mean?"
ESTIMANDS = {"mean": Estimand("the mean", "points", 0.0)}
PRIOR_VARS = ("mean",)


@dataclass(frozen=True, kw_only=True)
class Priors:
    mean: Family = prior("points", "the mean")


PRIORS = {"reference": Priors(mean=Normal(mean=0, sd=10))}


def select(study):
    return Selection(study.data["participant"].values.astype(str))


def build(study, priors):
    with pm.Model() as model:
        pm.Normal("y", families(priors)["mean"].variable("mean"), 1, observed=study.data["symptom"].values[:, 0])
    return model


def derive(posterior, study):
    return {"mean": posterior["mean"]}
'''


def _load(folder: Path, text: str, name: str = "own.py") -> object:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_model(str(path))


def _lacks(folder: Path, text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        _load(folder, text)
    first, *lacks = str(caught.value).splitlines()
    assert first.endswith("own.py does not meet the contract of a model:")
    return [lack.strip() for lack in lacks]


def test_the_models_that_ship_are_found() -> None:
    files = {path.stem for path in Path(cochange.models.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(available()) == files - OF_TABLES
    assert files > OF_TABLES
    assert set(SHIPPED) <= files
    assert list(available()) == sorted(available())


@pytest.mark.parametrize("name", available())
def test_every_model_that_ships_meets_the_contract(name: str) -> None:
    model = load_model(name)
    module = importlib.import_module(f"cochange.models.{name}")
    assert (model.name, model.source.name) == (name, f"{name}.py")
    assert model.question == module.QUESTION
    assert model.question.endswith("?")
    # The formula is shown with its indentation, the title without.
    assert "\n    " in model.formula
    assert not model.formula.startswith(" ")
    assert tuple(model.shipped) == NAMES, "a model that ships has these prior sets, in this order"
    assert all(item.unit and item.meaning for item in model.estimands.values())


@pytest.mark.parametrize("name", available())
def test_hyperparameters_and_parameters_have_names_of_their_own(name: str) -> None:
    model = load_model(name)
    assert not set(hyperparameters(model.shipped["reference"])) & (set(model.prior_vars) | set(model.estimands))
    assert len(set(model.prior_vars)) == len(model.prior_vars)


@pytest.mark.parametrize("name", available())
def test_a_prior_set_cannot_be_changed(name: str) -> None:
    priors = load_model(name).shipped["reference"]
    first = next(iter(families(priors)))
    with pytest.raises(AttributeError):
        setattr(priors, first, None)
    assert all(isinstance(getattr(priors, item.name), Family) for item in fields(priors))


def test_a_file_on_disk_that_meets_it_is_loaded(tmp_path: Path) -> None:
    model = _load(tmp_path, OWN)
    assert (model.name, model.question, model.prior_vars) == ("own", "What is the mean?", ("mean",))
    assert model.formula == "A mean.\n\n    y ~ Normal(mean, 1)\n\ny is a score."
    assert model.source == tmp_path / "own.py"
    assert list(model.shipped) == ["reference"]


def test_a_file_on_disk_can_be_built(tmp_path: Path, example: object) -> None:
    model = _load(tmp_path, OWN)
    graph = model.build(example, model.shipped["reference"])
    assert [variable.name for variable in graph.free_RVs] == ["mean"]


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_a_name_that_is_missing_is_named_with_its_meaning(tmp_path: Path, name: str) -> None:
    # Renamed at the start of a line only, so that the file still runs.
    text = re.sub(rf"^(def |class )?{name}\b", rf"\g<1>other_{name}", OWN, flags=re.MULTILINE)
    text = (
        text.replace('PRIORS = {"reference": Priors(', 'PRIORS = {"reference": other_Priors(')
        if name == "Priors"
        else text
    )
    assert _lacks(tmp_path, text) == [f"{name} is missing: {CONTRACT[name]}"]


def test_an_empty_file_is_told_everything(tmp_path: Path) -> None:
    lacks = _lacks(tmp_path, "")
    assert len(lacks) == len(CONTRACT) + 1
    assert "the module has no docstring: its formula is shown in the report" in lacks


@pytest.mark.parametrize(
    ("old", "new", "lack"),
    [
        ("def select(study)", "def select(data)", "select must take (study), it takes (data)"),
        ("def build(study, priors)", "def build(study)", "build must take (study, priors), it takes (study)"),
        (
            "def derive(posterior, study)",
            "def derive(study, posterior)",
            "derive must take (posterior, study), it takes (study, posterior)",
        ),
        ("def select(study):", "select = 3\n\ndef other(study):", "select must be a function (study) -> Selection"),
        ('ESTIMANDS = {"mean": Estimand("the mean", "points", 0.0)}', "ESTIMANDS = {'mean': 3}", "ESTIMANDS must be"),
        ('ESTIMANDS = {"mean": Estimand("the mean", "points", 0.0)}', "ESTIMANDS = ['mean']", "ESTIMANDS must be"),
        (
            '"points", 0.0)', '"points", 0.0, "Q5")',
            "ESTIMANDS['mean']: the question must be one of Q1, Q2, Q3, Q4, or empty, got 'Q5'",
        ),
        (
            '{"mean": Est', '{"rise": Estimand("the mean", "points", 0.0), "mean": Est',
            "ESTIMANDS['rise'] and ESTIMANDS['mean'] must differ in their meaning, both have 'the mean'",
        ),
        ("(frozen=True, kw_only=True)", "(kw_only=True)", "Priors must be a frozen"),
        ('mean: Family = prior("points", "the mean")', "mean: Family", "Priors.mean must be declared with prior("),
        ("Normal(mean=0, sd=10))}", "3)}", "PRIORS['reference'].mean must be a family, got int"),
        ('{"reference": Priors(mean=Normal(mean=0, sd=10))}', "{'own': 3}", "PRIORS['own'] must be a Priors, got int"),
        ('{"reference": Priors(mean=Normal(mean=0, sd=10))}', "{}", "with at least one set"),
        ('PRIOR_VARS = ("mean",)', 'PRIOR_VARS = "mean"', "PRIOR_VARS must be a tuple"),
        ('PRIOR_VARS = ("mean",)', "PRIOR_VARS = (1,)", "PRIOR_VARS must be a tuple"),
        ('QUESTION = "What is the mean?"', "QUESTION = 1", "QUESTION must be"),
        ("A mean.\n\n    y ~ Normal(mean, 1)\n\ny is a score.\n", "", "the module has no docstring"),
    ],
)  # fmt: skip
def test_a_part_of_the_wrong_kind_is_named(tmp_path: Path, old: str, new: str, lack: str) -> None:
    assert OWN.count(old) == 1
    (found,) = _lacks(tmp_path, OWN.replace(old, new))
    assert lack in found


def test_priors_that_are_no_dataclass_are_named(tmp_path: Path) -> None:
    text = OWN.replace("@dataclass(frozen=True, kw_only=True)\nclass Priors:", "class Priors:")
    text = text.replace("Priors(mean=Normal(mean=0, sd=10))", "Priors()")
    (found,) = _lacks(tmp_path, text)
    assert found.startswith("Priors must be a frozen dataclass")


def test_several_lacks_come_together(tmp_path: Path) -> None:
    text = (
        OWN.replace("def select(study)", "def select()")
        .replace("QUESTION =", "ASKED =")
        .replace('"mean": Est', "3: Est")
    )
    lacks = _lacks(tmp_path, text)
    assert [lack.split()[0] for lack in lacks] == ["QUESTION", "select", "ESTIMANDS"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_package_anywhere\n", "ModuleNotFoundError: No module named 'no_such_package_anywhere'"),
        ("def build(:\n", "SyntaxError: invalid syntax"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("Normal(mean=0, sd=-2.5)\n", "ValueError: Normal: sd must be finite and above 0, got -2.5"),
    ],
)
def test_a_file_that_does_not_run_says_why_and_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        _load(tmp_path, OWN + text)
    line = len(OWN.splitlines()) + 1
    assert str(caught.value) == f"{tmp_path / 'own.py'}, line {line}: running it failed with {message}"


def test_an_error_in_a_function_is_told_with_its_line(tmp_path: Path, example: object) -> None:
    """Not with that of a file of the package which bears the same name."""
    model = _load(tmp_path, OWN.replace('families(priors)["mean"]', 'families(priors)["median"]'), "design.py")
    line = next(i for i, text in enumerate(model.source.read_text("utf-8").splitlines(), 1) if "median" in text)
    with pytest.raises(ContractError, match=rf"design\.py, line {line}, in build: KeyError: 'median'$"):
        model.build(example, model.shipped["reference"])


@pytest.mark.parametrize(("found", "kind"), [("None", "None"), ("3", "a value of type int")])
def test_build_must_return_the_model(tmp_path: Path, example: object, found: str, kind: str) -> None:
    model = _load(tmp_path, OWN.replace("    return model", f"    return {found}"))
    with pytest.raises(ContractError) as caught:
        model.build(example, model.shipped["reference"])
    required = "build must return a pymc.Model"
    assert str(caught.value) == f"{model.source}: {required}; it returned {kind}; end it with `return model`"


def _derived(folder: Path, returned: str) -> object:
    text = OWN.replace('{"mean": Est', '{"rise": Estimand("a rise", "points", 0.0), "mean": Est')
    model = _load(folder, text.replace('return {"mean": posterior["mean"]}', f"return {returned}"))
    draws = xr.Dataset({"mean": (("chain", "draw", "wave"), np.zeros((2, 5, 1)))})
    return model.derive(draws, None)


@pytest.mark.parametrize(
    ("returned", "lacks"),
    [
        (
            '{"mean": posterior["mean"].mean("draw").isel(wave=0), "rise": posterior["mean"].isel(draw=0)}',
            [
                "derive must return mean with dims chain and draw; found chain; it lacks draw",
                "derive must return rise with dims chain and draw; found chain, wave; it lacks draw",
                "derive must return rise with no dims but chain, draw and, if need be, form, group, marker, visit; "
                "found chain, wave; take wave away",
            ],
        ),
        (
            '{"rise": 3.0, "fall": None}',
            [
                "derive returns fall, which ESTIMANDS does not name; it names rise, mean",
                "derive does not return mean, which ESTIMANDS names; return its draws, or None where the study does "
                "not allow it",
                "derive must return rise as an xarray.DataArray with dims chain and draw; it returned a value of type "
                "float",
            ],
        ),
    ],
)
def test_derive_is_held_to_the_estimands(tmp_path: Path, returned: str, lacks: list[str]) -> None:
    with pytest.raises(ContractError) as caught:
        _derived(tmp_path, returned)
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == lacks


def test_none_stands_for_an_estimand_that_a_study_does_not_allow(tmp_path: Path) -> None:
    found = _derived(tmp_path, '{"rise": None, "mean": posterior["mean"].isel(wave=0)}')
    assert list(found) == ["mean"]
    with pytest.raises(ContractError, match="derive returns no draws; it must return those of rise or mean"):
        _derived(tmp_path, '{"rise": None, "mean": None}')
    with pytest.raises(ContractError, match=r"derive must return a mapping of .*; it returned None$"):
        _derived(tmp_path, "None")


def test_a_path_without_a_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nothing\.py: there is no such model file"):
        load_model(str(tmp_path / "nothing.py"))


@pytest.mark.parametrize(
    ("name", "guess"), [("paralel_change", "parallel_change"), ("Symptom_Change", "symptom_change")]
)
def test_an_unknown_name_gets_the_nearest_one(name: str, guess: str) -> None:
    with pytest.raises(
        ContractError, match=rf"no model named '{name}' \(did you mean {guess}\?\); there are growth, joint_change"
    ):
        load_model(name)


def test_a_name_near_to_none_gets_the_list(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as caught:
        load_model("xyz")
    assert str(caught.value) == (
        f"no model named 'xyz'; there are {', '.join(available())}, or give the path of a .py file"
    )


def test_a_name_that_lacks_its_ending_gets_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContractError, match=r"no model named 'own' \(did you mean \./own\.py\?\)"):
        load_model("own")


@pytest.mark.parametrize("name", ["parts", "__init__", "parts.design"])
def test_what_the_models_are_built_from_is_no_model(name: str) -> None:
    with pytest.raises(ContractError, match="no model named"):
        load_model(name)
