"""A run into the folder of another study says so, and leaves no fit of it; the same study goes on as ever."""

import json
from dataclasses import replace

import h5py
import pytest

from cochange.inference import run as run_module
from cochange.inference.earlier_run import replaced_results, replaced_run
from cochange.inference.run import run_study
from cochange.inference.settings import Settings
from cochange.inference.store import INPUT, StoreError, fit_path, load_results

FEW = Settings(draws=100, tune=100, chains=2, max_draws=100, seed=5)
SETS = ["reference", "mine", "theirs"]


@pytest.fixture
def fitted(one_mean, example_study, tmp_path):
    """A folder with a finished run of the example, its main fit sampled twice."""
    run_study(example_study, tmp_path, models=[str(one_mean.source)], settings=FEW)
    return tmp_path


@pytest.fixture
def other_study(example_study):
    """The example with another title, as of another study file."""
    spec = example_study.spec
    titled = spec.model_copy(update={"study": spec.study.model_copy(update={"title": "Another trial"})})
    return replace(example_study, spec=titled, input_hash="f" * 64, content_hash="f" * 64)


def test_what_is_replaced_is_named(fitted, example_study, other_study, tmp_path_factory):
    created = load_results(fitted).manifest["created"]
    told = str(replaced_run(fitted, other_study))
    named = (str(fitted), created, example_study.spec.study.title, example_study.input_hash[:12], "now ffffffffffff")
    assert [each for each in named if each not in told] == []
    assert replaced_run(fitted, example_study) is None
    assert replaced_run(tmp_path_factory.mktemp("empty"), other_study) is None
    (fitted / "manifest.json").unlink()
    assert "an unfinished run stands here" in str(replaced_run(fitted, other_study))


def test_a_finished_run_of_other_fits_or_settings_is_named_before_it_is_replaced(fitted, example_study, other_study):
    manifest = load_results(fitted).manifest
    sets, created = manifest["fits"], manifest["created"]
    assert replaced_results(fitted, example_study, sets, replace(FEW, cores=1)) is None
    fewer = str(replaced_results(fitted, example_study, {"one_mean": ["mine"]}, FEW))
    assert f"the finished run of {created} stands here, of other models or prior sets (from Python)" in fewer
    more_draws = str(replaced_results(fitted, example_study, sets, replace(FEW, draws=200)))
    assert f"the finished run of {created} stands here, of other settings" in more_draws
    # A run of another study is told as one.
    assert replaced_results(fitted, other_study, {"one_mean": ["mine"]}, FEW) is None
    (fitted / "manifest.json").unlink()
    assert replaced_results(fitted, example_study, {"one_mean": ["mine"]}, FEW) is None


def test_no_fit_of_another_input_stays(fitted, other_study, one_mean):
    stale = fit_path(fitted, "one_mean", "reference-doubled")
    assert stale.is_file()
    run_study(other_study, fitted, models=[str(one_mean.source)], settings=FEW, double=False)
    assert [path.name for path in (fitted / "posterior").iterdir()] == ["one_mean-reference.nc"]
    again = load_results(fitted)
    assert again.study.spec.study.title == "Another trial"
    assert again.manifest["input_hash"] == other_study.input_hash


def test_another_comment_in_the_study_file_costs_no_fit_and_is_no_other_study(
    fitted, example_study, one_mean, monkeypatch
):
    commented = replace(example_study, input_hash="e" * 64)
    assert replaced_run(fitted, commented) is None
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "sample", None)
        patch.setattr(run_module, "sample_doubled", None)
        run_study(commented, fitted, models=[str(one_mean.source)], settings=FEW)
    assert load_results(fitted).manifest["input_hash"] == load_results(fitted).study.input_hash == "e" * 64


def test_fits_of_an_earlier_version_stay_where_the_files_are_the_same(fitted, example_study, one_mean):
    stored = fitted / "study" / "study.json"
    record = json.loads(stored.read_text())
    del record["content_hash"]
    stored.write_text(json.dumps(record))
    doubled = fit_path(fitted, "one_mean", "reference-doubled")
    with h5py.File(doubled, "a") as file:
        file.attrs[INPUT] = example_study.input_hash
    assert replaced_run(fitted, example_study) is None
    run_study(example_study, fitted, models=[str(one_mean.source)], settings=FEW, double=False)
    assert doubled.is_file()


def test_fits_of_the_same_input_stay(fitted, example_study, one_mean):
    # As a run leaves it that was killed while it wrote a fit.
    half = fitted / "posterior" / ".one_mean-mine.nc.4711"
    half.write_bytes(b"half")
    run_study(example_study, fitted, models=[str(one_mean.source)], settings=FEW, double=False)
    assert not half.exists()
    assert fit_path(fitted, "one_mean", "reference-doubled").is_file()


def test_a_run_killed_in_the_folder_of_another_is_not_finished_and_costs_no_fit(
    fitted, example_study, other_study, one_mean, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run_module, "sample", killed)
        with pytest.raises(KeyboardInterrupt):
            run_study(other_study, fitted, models=[str(one_mean.source)], settings=FEW)
        with pytest.raises(StoreError, match="not finished"):
            load_results(fitted)
        # Back to the first study, nothing is sampled.
        run_study(example_study, fitted, models=[str(one_mean.source)], settings=FEW)
    assert load_results(fitted).study.input_hash == example_study.input_hash


def _reported(directory, words):
    """A report that stands in a run directory, and what is moved with it."""
    (directory / "report.html").write_text(words)
    (directory / "tables").mkdir(exist_ok=True)
    (directory / "tables" / "estimates.csv").write_text(words)
    (directory / "mine.txt").write_text("of the user")


def test_the_report_of_a_run_that_gives_way_is_moved_and_no_stale_one_stays(
    fitted, example_study, other_study, one_mean, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    before = load_results(fitted).manifest
    _reported(fitted, "first")
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "sample", killed)
        with pytest.raises(KeyboardInterrupt):
            run_study(other_study, fitted, models=[str(one_mean.source)], settings=FEW)
    kept = fitted / "replaced-run"
    assert json.loads((kept / "manifest.json").read_text()) == before
    assert (kept / "report.html").read_text() == (kept / "tables" / "estimates.csv").read_text() == "first"
    assert [name for name in ("report.html", "tables", "results.json") if (fitted / name).exists()] == []
    assert (fitted / "mine.txt").is_file()
    # The unfinished run had no report: what was moved before stays.
    run_study(example_study, fitted, models=[str(one_mean.source)], settings=FEW)
    assert (kept / "report.html").read_text() == "first"
    _reported(fitted, "second")
    run_study(example_study, fitted, models=[str(one_mean.source)], settings=FEW)
    assert (fitted / "report.html").read_text() == "second"
    run_study(example_study, fitted, models=[str(one_mean.source)], settings=replace(FEW, seed=6), double=False)
    assert (kept / "report.html").read_text() == (kept / "tables" / "estimates.csv").read_text() == "second"
    assert not (fitted / "report.html").exists()


def test_a_run_with_other_settings_killed_on_its_way_leaves_no_mixture_that_could_be_reported(
    fitted, example_study, one_mean, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    def again(seed):
        return run_study(example_study, fitted, models=[str(one_mean.source)], settings=replace(FEW, seed=seed))

    created = load_results(fitted).manifest["created"]
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "sample_doubled", killed)
        # Nothing has to be sampled, and the run that is there stays whole.
        again(FEW.seed)
        assert load_results(fitted).manifest["created"] >= created
        with pytest.raises(KeyboardInterrupt):
            again(6)
    with pytest.raises(StoreError, match="not finished"):
        load_results(fitted)
    again(6)
    assert load_results(fitted).manifest["seed"] == 6


def test_a_run_that_adds_to_a_finished_one_and_is_killed_leaves_the_finished_one_whole(
    fitted, example_study, one_mean, monkeypatch
):
    own = {"mine": {"one_mean": {"mean": {"mean": 0, "sd": 1}}}, "theirs": {"one_mean": {"mean": {"mean": 0, "sd": 2}}}}
    analysis = example_study.spec.analysis.model_copy(update={"prior_sets": own})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))
    first = load_results(fitted)
    sampled = run_module.sample

    def killed_at_the_last(compiled, prior, *rest):
        if prior == "theirs":
            raise KeyboardInterrupt
        return sampled(compiled, prior, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(run_module, "sample", killed_at_the_last)
        with pytest.raises(KeyboardInterrupt):
            run_study(study, fitted, [str(one_mean.source)], SETS, FEW)
    assert fit_path(fitted, "one_mean", "mine").is_file()
    again = load_results(fitted)
    assert again.manifest == first.manifest
    assert again.estimates == first.estimates
    run_study(study, fitted, [str(one_mean.source)], SETS, FEW)
    assert list(load_results(fitted).manifest["fits"]["one_mean"]) == SETS


def test_a_changed_model_file_takes_the_mark_off_before_anything_is_sampled(
    fitted, example_study, one_mean, tmp_path_factory, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    changed = tmp_path_factory.mktemp("changed") / "one_mean.py"
    changed.write_text(one_mean.source.read_text().replace('"mean": mean,', '"mean": mean + 1,'))
    monkeypatch.setattr(run_module, "compile_telling", killed)
    with pytest.raises(KeyboardInterrupt):
        run_study(example_study, fitted, models=[str(changed)], settings=FEW)
    with pytest.raises(StoreError, match="not finished"):
        load_results(fitted)
