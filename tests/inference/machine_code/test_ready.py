"""A study compiled before: sampled from without PyMC, from the same start, and built anew wherever there is doubt."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pymc as pm
import pytest

from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.compiled import Compiled
from cochange.inference.machine_code import folder, ready
from cochange.inference.machine_code.recorded import NoRecordError, recorded
from cochange.inference.machine_code.start import CENTRES
from cochange.models.parts import families
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import prior_sets

MODELS = ("joint_change", "symptom_change", "marker_change", "parallel_change")
SCRIPT = """
import hashlib, json, sys
import nutpie
from cochange.data.read import read_study
from cochange.inference.compiled import compile_model
from cochange.inference.machine_code import ready
from cochange.inference.predictive import predict
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import prior_sets

if {by_graph}:
    ready.read_ready = lambda *_: None
study = read_study({study!r})
digests = []
for name in {models!r}:
    model = load_model(name)
    sets = prior_sets(name, model.shipped, study)
    compiled = compile_model(model, study, sets["reference"])
    for prior in ("reference", "sceptical"):
        sampler = compiled.under(sets[prior])
        draws = nutpie.sample(sampler, draws=40, tune=60, chains=2, seed=5, cores=1, progress_bar=False).posterior
        named = compiled.named(draws.to_dataset(), sets[prior])
        for group in (draws, *predict(compiled, named, Settings(), prior, sets[prior]).values()):
            values = b"".join(group[name].values.tobytes() for name in sorted(map(str, group)))
            digests.append(hashlib.sha256(values).hexdigest())
print(json.dumps(["pymc" in sys.modules, digests]))
"""
# One parameter of each family, with other values than those of any other.
FAMILIES: dict[str, Family] = {
    "normal": families.Normal(mean=1.7, sd=2),
    "student": families.StudentT(df=4, mean=-0.3, sd=1.1),
    "robust": families.RobustNormal(weight=0.7, mean=2.1, sd=0.4, vague_mean=0.2, vague_sd=3),
    "half": families.HalfNormal(sd=0.37),
    "half_student": families.HalfStudentT(df=3, sd=2.6),
    "gamma": families.Gamma(shape=2.3, rate=0.13),
    "beta": families.Beta(alpha=5.5, beta=4.7),
}


def in_another_process(by_graph: bool) -> tuple[bool, list[str]]:
    """Whether PyMC was imported, and hashes of what is drawn of each model under two prior sets."""
    text = SCRIPT.format(by_graph=by_graph, study=str(example_path()), models=MODELS)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=500)
    needed, digests = json.loads(done.stdout.splitlines()[-1])
    return needed, digests


def test_another_process_draws_the_same_without_pymc() -> None:
    needed, built = in_another_process(by_graph=True)
    assert needed
    # Under each set: the posterior, the prior, data replicated under both; and the data, the same under both sets.
    assert len(built) == 2 * 5 * len(MODELS)
    assert len(set(built)) == (2 * 4 + 1) * len(MODELS)
    assert in_another_process(by_graph=False) == (False, built)


def graph_of(**changes: Any) -> pm.Model:
    """One variable of each family, and one without."""
    with pm.Model(coords={"place": ["a", "b"]}) as graph:
        for name, family in FAMILIES.items():
            family.variable(name, dims="place")
        pm.ZeroSumNormal("sum", 1.0, dims="place")
        pm.Normal("beside", 0, graph["half"][0], **changes)
    return graph


def record_of(graph: pm.Model) -> ready.Ready:
    """What is recorded of a graph, as if it had been compiled."""
    shapes = {name: tuple(map(int, np.shape(point))) for name, point in graph.initial_point().items()}
    stored = (list(shapes), [slice(0, 0)] * len(shapes), list(shapes.values()))
    code: Any = SimpleNamespace(fields={"shape_info": stored, "reparameterized_names": []})
    names = {
        name: (type(family), dict(zip(family.values(), family.hyperparameters(name), strict=True)))
        for name, family in FAMILIES.items()
    }
    return recorded(graph, "key", code, names)


def test_every_family_starts_where_pymc_starts_it() -> None:
    """`recorded` compares with PyMC under these values, under others, and for two seeds; here values of its own."""
    assert {type(family) for family in FAMILIES.values()} == set(CENTRES)
    found = record_of(graph_of())
    by_name = dict(zip(found.variables, found.start.variables, strict=True))
    assert [name for name, each in by_name.items() if each.family is None] == ["sum", "beside"]
    at = {name: each.at(found.start.values) for name, each in by_name.items()}
    assert at["normal"] == pytest.approx([1.7, 1.7])
    assert at["robust"] == pytest.approx([0.7 * 2.1 + 0.3 * 0.2] * 2)
    assert at["half"] == pytest.approx([np.log(0.37)] * 2)
    assert at["gamma"] == pytest.approx([np.log(2.3 / 0.13)] * 2)
    assert at["beta"] == pytest.approx([np.log(5.5 / 4.7)] * 2)
    assert len({each.stream for each in by_name.values()}) == len(by_name)


def test_a_start_that_cannot_be_told_without_the_graph_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CENTRES, families.Gamma, lambda value: value["shape"])  # type: ignore[arg-type]
    with pytest.raises(NoRecordError, match="chains start elsewhere"):
        record_of(graph_of())


@pytest.fixture
def kept(example_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Study, Any]:
    """A model, a study and a prior set of which something is kept, in a folder of the test's own."""
    monkeypatch.setenv("COCHANGE_CACHE", str(tmp_path / "code"))
    model = load_model("joint_change")
    priors = prior_sets("joint_change", model.shipped, example_study)["reference"]
    start: Any = SimpleNamespace()
    monkeypatch.setattr(ready, "put_into", lambda code, data, *_: (code, data))
    folder.write("0" * 64, "the code")
    people = example_study.data["participant"].values.astype("S")
    content = ready.Ready("0" * 64, {"who": people}, {}, {}, ("normal",), start)
    ready.keep(model, example_study, priors, content)
    return model, example_study, priors


def test_what_is_kept_is_found_again(kept: tuple[Any, Study, Any]) -> None:
    model, study, priors = kept
    found = ready.read_ready(model, study, priors)
    assert found is not None
    assert found[0].variables == ("normal",)
    assert found[1][0] == "the code"
    sceptical = prior_sets("joint_change", model.shipped, study)["sceptical"]
    assert ready.read_ready(model, study, sceptical) is not None


def test_what_is_kept_says_its_model_and_the_study_that_used_it_last(kept: tuple[Any, Study, Any]) -> None:
    model, study, priors = kept
    title = study.spec.study.title

    def labels() -> list[tuple[str, str, str]]:
        return sorted((entry.suffix, entry.model, entry.study) for entry in folder.entries())

    assert labels() == [(".code", "joint_change", title), (".study", "joint_change", title)]
    folder.label("0" * 64, "joint_change", "another study with the same structure")
    for path in folder.folder().glob("*.study.label"):
        path.unlink()
    assert ready.read_ready(model, study, priors) is not None
    assert labels() == [(".code", "joint_change", title), (".study", "joint_change", title)]


def test_another_study_or_family_is_not_that_which_is_kept(kept: tuple[Any, Study, Any]) -> None:
    model, study, priors = kept
    changed = study.data.copy(deep=True)
    changed["symptom"][3, 1] += 1
    labelled = study.data.copy(deep=True)
    labelled["covariate_sex"].attrs["levels"] = ["male", "female"]
    analysis = study.spec.analysis.model_copy(update={"likelihood": "student_t"})
    others = [
        (model, replace(study, data=changed), priors),
        (model, replace(study, data=labelled), priors),
        (model, replace(study, spec=study.spec.model_copy(update={"analysis": analysis})), priors),
        (model, study, replace(priors, score_change=families.StudentT(df=4, mean=0, sd=15))),
        (load_model("symptom_change"), study, priors),
    ]
    assert [ready.read_ready(*other) for other in others] == [None] * len(others)


def test_settings_of_pytensor_count(kept: tuple[Any, Study, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float32")
    assert ready.read_ready(*kept) is None


def test_participants_cannot_be_read_without_the_study(kept: tuple[Any, Study, Any], tmp_path: Path) -> None:
    (path,) = (tmp_path / "code").glob("*.study")
    people = kept[1].data["participant"].values.astype("S")
    assert len(path.read_bytes()) > people.nbytes
    assert people.tobytes() in pickle.dumps(people)
    assert people.tobytes() not in path.read_bytes()
    assert bytes(people[0]) not in path.read_bytes()


def test_a_damaged_file_and_lost_machine_code_are_built_anew(kept: tuple[Any, Study, Any], tmp_path: Path) -> None:
    (path,) = (tmp_path / "code").glob("*.study")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert ready.read_ready(*kept) is None
    path.write_bytes(whole)
    assert ready.read_ready(*kept) is not None
    (tmp_path / "code" / f"{'0' * 64}.code").unlink()
    assert ready.read_ready(*kept) is None


def test_a_model_file_of_ones_own_and_large_data_are_built_anew(
    kept: tuple[Any, Study, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, study, priors = kept
    assert model.ships
    assert ready.read_ready(replace(model, source=Path("joint_change.py")), study, priors) is None
    monkeypatch.setattr(ready, "MOST_BYTES", 10)
    with pytest.raises(ValueError, match="more data"):
        ready.keep(model, study, priors, ready.Ready("", {"a": np.zeros(2)}, {}, {}, (), SimpleNamespace()))  # type: ignore[arg-type]


def test_a_graph_built_later_holds_the_prior_set_last_asked_for(example_study: Study) -> None:
    model = load_model("joint_change")
    sets = prior_sets("joint_change", model.shipped, example_study)
    sampler: Any = SimpleNamespace(with_data=lambda **values: values)
    compiled = Compiled(model, example_study, sets["reference"], sampler, frozenset(), frozenset())
    for prior in ("sceptical", "literature"):
        asked = compiled.under(sets[prior])
        assert compiled.graph["Normal_sd"].get_value() == pytest.approx(asked["Normal_sd"])
