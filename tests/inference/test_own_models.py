"""What goes wrong in a statistician's own model file is told with its line, before anything is compiled."""

from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.inference.compiled import compile_model
from cochange.inference.machine_code import cached
from cochange.inference.plan import make_plan
from cochange.models.parts.contract import ContractError, load_model


@pytest.fixture
def spoilt(tmp_path: Path, one_mean):
    """Load the model of one mean with one piece of its text replaced."""

    def load(old: str, new: str):
        text = one_mean.source.read_text()
        assert old in text
        path = tmp_path / "spoilt.py"
        path.write_text(text.replace(old, new))
        return load_model(str(path))

    return load


@pytest.fixture
def no_compiling(monkeypatch):
    def refuse(*_):
        raise AssertionError("nothing should be compiled")

    monkeypatch.setattr(cached, "compiled_or_cached", refuse)


def test_an_error_in_a_function_names_file_line_and_function(spoilt, example_study):
    model = spoilt(".values.astype(str))\n\n\ndef build", ".values.astype(str)[nope])\n\n\ndef build")
    line = next(i for i, text in enumerate(model.source.read_text().splitlines(), 1) if "nope" in text)
    with pytest.raises(ContractError, match=rf"spoilt.py, line {line}, in select: NameError: name 'nope'"):
        model.select(example_study)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{"mean": mean, ', '{"average": mean, ', "derive returns average, which ESTIMANDS does not name"),
        (
            'posterior["mean"]',
            'posterior["mean"].expand_dims(wave=2)',
            "derive must return mean with no dims but",
        ),
        ('posterior["mean"]', 'posterior["maen"]', "in derive: KeyError"),
        (
            'return {"mean": mean, ',
            'return {} and {"mean": mean, ',
            "derive does not return share, which",
        ),
        ('families(priors)["mean"].variable("mean")', 'pm.Normal("mean", 0, 10)', "no prior set reaches: mean_mean, "),
        ('PRIOR_VARS = ("mean",)', 'PRIOR_VARS = ("maen",)', "PRIOR_VARS must name mean, which has a prior of its own"),
    ],
)
def test_estimands_and_priors_are_checked_before_compiling(spoilt, example_study, no_compiling, old, new, told):
    model = spoilt(old, new)
    with pytest.raises(ContractError, match=told):
        compile_model(model, example_study, model.shipped["reference"])


def test_an_unknown_unit_is_refused_at_loading(spoilt):
    with pytest.raises(ContractError, match="the unit of an estimand must be one of ratio, points"):
        spoilt('"points", 0.0, "Q1"', '"SDs", 0.0, "Q1"')


def test_a_selection_of_another_kind_is_refused(spoilt, example_study):
    model = spoilt("return Selection(study", "return (study")
    with pytest.raises(ContractError, match=r"select must return choose\(study, reasons\) or cannot"):
        make_plan(example_study, [str(model.source)])


def test_a_file_with_the_name_of_another_model_is_refused(one_mean, example_study, tmp_path):
    """Results, certificates and words of the report go by the name."""
    files = [tmp_path / name for name in ("symptom_change.py", "mine.py", "other/mine.py")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(one_mean.source.read_text())
    with pytest.raises(InputError) as caught:
        make_plan(example_study, list(map(str, files)))
    one, two = (str(fault) for fault in caught.value.faults)
    assert f"{files[0]}: a file name that no other model has is required" in one
    assert "found 'symptom_change', the name of a model that ships; give the file another name" in one
    assert f"found 'mine', the name of {files[1]}" in two


def test_a_model_named_twice_is_fitted_once(example_study):
    names = ["symptom_change", "marker_change", "symptom_change", str(load_model("symptom_change").source)]
    assert [model.name for model in make_plan(example_study, names).models] == ["symptom_change", "marker_change"]
