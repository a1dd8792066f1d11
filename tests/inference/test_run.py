"""The main job on the example study."""

import json
import re
import shutil
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import cochange.inference.run as run_module
from cochange.data.faults import InputError
from cochange.data.specification.tables import SmallestImportant
from cochange.inference.doubled import doubled_name
from cochange.inference.plan import NothingToFitError, make_plan
from cochange.inference.restated import restated
from cochange.inference.run import count_fits, run_study
from cochange.inference.settings import Settings
from cochange.inference.stated import stated
from cochange.inference.store import load_fit, load_results

PRIORS = ["reference", "sceptical", "literature", "diffuse"]
PROMISED = ["geometric_mean_ratio", "symptom_change", "prognostic_slope", "parallel_slope", "change_correlation"]


def no_compiling(*_):
    raise AssertionError("nothing should be compiled")


def test_the_results_file_holds_the_promised_estimands_under_every_prior(example_run):
    content = json.loads((example_run.directory / "results.json").read_text(encoding="utf-8"))
    assert content["schema"] == "cochange.results/1"
    assert content["study"]["synthetic"] is True
    assert content["verdict"] == {"status": "report", "reasons": []}
    found = {(row["estimand"], row["prior"]) for row in content["estimates"] if row["group"] == "overall"}
    assert {(estimand, prior) for estimand in PROMISED for prior in PRIORS} <= found
    for row in content["estimates"]:
        assert row["lower"] < row["median"] < row["upper"]
        assert row["r_hat"] <= 1.01
        assert min(row["ess_bulk"], row["ess_tail"]) >= 1000


def test_both_forms_stand_side_by_side(example_run):
    rows = example_run.results.estimates_of("symptom_change", "reference", "prognostic_slope")
    assert [row.form for row in rows] == ["ancova", "change score"]


def test_the_audit_accounts_for_every_cell_and_model(example_run):
    use = pd.read_csv(example_run.directory / "audit.csv", dtype=str, keep_default_na=False)
    results = example_run.results
    assert len(use) == len(results.study.audit.records)
    for model, selection in results.selections.items():
        by_participant = use[use["participant"] != ""].groupby("participant")[model].first()
        assert set(by_participant[by_participant == "used"].index) == set(selection.used)
        left_out = by_participant[by_participant != "used"]
        assert left_out.to_dict() == dict(selection.left_out)


def test_results_come_back_from_the_stored_draws(example_run):
    again = load_results(example_run.directory)
    assert again.estimates == example_run.results.estimates
    assert again.diagnostics == example_run.results.diagnostics
    assert again.verdict == example_run.results.verdict
    for column in ("participant", "variable", "decision", "marker_change", "symptom_change", "parallel_change"):
        assert again.use[column].tolist() == example_run.results.use[column].tolist()


def test_a_finished_run_goes_on_without_sampling(example_run, example_study, tmp_path, monkeypatch):
    directory = shutil.copytree(example_run.directory, tmp_path / "again")
    monkeypatch.setattr("cochange.inference.compiled.compile_model", no_compiling)
    assert run_study(example_study, directory).estimates == example_run.results.estimates


def test_a_killed_run_makes_only_the_fit_that_is_missing_and_makes_it_the_same(
    example_run, example_study, tmp_path, monkeypatch
):
    directory = shutil.copytree(example_run.directory, tmp_path / "killed")
    (directory / "posterior" / "symptom_change-sceptical.nc").unlink()
    (directory / "results.json").unlink()
    sampled = []
    sample = run_module.sample

    def watched(compiled, prior, *rest):
        sampled.append((compiled.model.name, prior))
        return sample(compiled, prior, *rest)

    monkeypatch.setattr(run_module, "sample", watched)
    results = run_study(example_study, directory)
    assert sampled == [("symptom_change", "sceptical")]
    assert (directory / "results.json").is_file()
    old = example_run.results.fits["symptom_change", "sceptical"].posterior
    xr.testing.assert_equal(results.fits["symptom_change", "sceptical"].posterior, old)


def test_prior_draws_follow_their_own_prior_set(example_run):
    for prior, priors in example_run.results.priors["symptom_change"].items():
        draws = example_run.results.fits["symptom_change", prior].prior_draws["intercept"]
        sd = priors.intercept.sd
        assert float(draws.mean()) == pytest.approx(priors.intercept.mean, abs=4 * sd / np.sqrt(draws.size))
        assert float(draws.std()) == pytest.approx(sd, rel=0.1)


def test_replications_look_like_the_data(example_run):
    tree = example_run.results.fits["symptom_change", "reference"].tree
    replicated, observed = tree["posterior_predictive"]["change"], tree["observed_data"]["change"]
    means = replicated.mean("participant").quantile([0.005, 0.995], dim=("chain", "draw"))
    assert (means[0] < observed.mean("participant")).all()
    assert (observed.mean("participant") < means[1]).all()


def test_replicated_markers_keep_to_their_limits(example_run):
    tree = example_run.results.fits["marker_change", "reference"].tree
    limit = np.log(0.5)
    replicated = tree["posterior_predictive"]["log_marker"]
    assert float(replicated.min()) == pytest.approx(limit, abs=1e-6)
    share = (replicated <= limit + 1e-6).mean(("pair", "visit"))
    observed = float((tree["observed_data"]["log_marker"] <= limit + 1e-6).mean())
    assert share.quantile(0.005) <= observed <= share.quantile(0.995)


def with_smallest(study, name, value):
    asked = study.spec.estimand.model_copy(
        update={"smallest_important": {name: SmallestImportant(value=value, reason="why")}}
    )
    return replace(study, spec=study.spec.model_copy(update={"estimand": asked}))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("symptom_chnage", 3, "did you mean 'symptom_change'?"),
        ("geometric_mean_ratio", 0.8, "a factor above 1"),
    ],
)
def test_a_smallest_important_difference_that_cannot_be_is_refused(example_study, name, value, message):
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        make_plan(with_smallest(example_study, name, value))


def test_own_priors_for_a_model_that_is_not_are_refused(example_study):
    own = {"mine": {"base": "reference", "paralel_change": {"parallel": {"mean": 0, "sd": 1}}}}
    analysis = example_study.spec.analysis.model_copy(update={"prior_sets": own})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))
    with pytest.raises(InputError, match="did you mean 'parallel_change'"):
        make_plan(study)


def test_an_unknown_prior_set_is_refused_before_anything_is_written(example_study, tmp_path):
    with pytest.raises(InputError, match=r"^priors: .* did you mean 'sceptical'"):
        run_study(example_study, tmp_path / "out", priors=["skeptical"])
    analysis = example_study.spec.analysis.model_copy(update={"priors": ("skeptical",)})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))
    with pytest.raises(InputError, match=r"study\.toml, line \d+, key analysis\.priors: .* did you mean 'sceptical'"):
        run_study(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_study_that_allows_no_model_says_why_for_each(example_study, tmp_path):
    one_visit = example_study.spec.analysis.model_copy(update={"baseline": "baseline", "follow_up": "baseline"})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": one_visit}))
    with pytest.raises(NothingToFitError) as error:
        run_study(study, tmp_path / "out")
    assert str(error.value).count("needs two visits, the study has one") == 4
    assert not (tmp_path / "out").exists()


def test_a_set_that_becomes_the_main_one_is_cross_validated_as_in_a_run_of_its_own(
    example_study, known_density, tmp_path
):
    own = {"mine": {"known_density": {"mean": {"family": "Normal", "mean": 0, "sd": 1}}}}
    analysis = example_study.spec.analysis.model_copy(update={"prior_sets": own})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))
    model = known_density(np.random.default_rng(3).normal(0, 1, 15))

    def run(folder, *priors):
        settings = Settings(draws=500, tune=200, chains=2, max_draws=500)
        return run_study(study, tmp_path / folder, [model], priors, settings, double=False)

    first = run("one", "reference", "mine")
    assert "loo" not in first.fits["known_density", "mine"].tree.children
    again, alone = run("one", "mine"), run("other", "mine")
    found = [[row.elpd for row in item.comparison] for item in (again, alone, load_results(tmp_path / "one"))]
    assert len(found[0]) == 1
    assert found[0] == found[1] == found[2]


def test_every_fit_of_a_run_is_counted_before(example_study, known_density, tmp_path):
    class Counted:
        def __init__(self):
            self.steps, self.finishes = [], 0

        def step(self, text):
            self.steps.append((self.finishes, text))

        def draws(self, done, total, divergences):
            pass

        def finished(self):
            self.finishes += 1

    analysis = example_study.spec.analysis.model_copy(update={"alternatives": True})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))
    models = [known_density(np.random.default_rng(3).normal(0, 1, 15))]
    # The main fit, that with twice the draws, and the other form.
    fits = count_fits(study, make_plan(study, models), True)
    assert fits == 3
    for again in (False, True):
        counted = Counted()
        run_study(study, tmp_path, models, (), Settings(draws=500, tune=200, chains=2, max_draws=500), counted)
        assert counted.finishes == fits
        assert counted.steps[-1] == (fits, "summarising the draws")
        # What is only taken from the store is neither compiled nor said to be.
        assert any(re.search(r": compiled in \d\.\d s$", text) for _, text in counted.steps) != again
        assert any("compiling" in text for _, text in counted.steps) != again
        assert ((0, "known_density, reference prior: stored before") in counted.steps) == again
    assert count_fits(study, make_plan(study, models), False) == 2


def test_a_fit_keeps_when_it_was_drawn_and_what_was_stated_then(example_study, known_density, tmp_path):
    def of(estimand, title):
        spec = example_study.spec
        analysis = spec.analysis.model_copy(update={"primary_estimand": estimand})
        about = spec.study.model_copy(update={"title": title})
        study = replace(example_study, spec=spec.model_copy(update={"analysis": analysis, "study": about}))
        settings = Settings(draws=500, tune=200, chains=2, max_draws=500)
        return study, run_study(study, tmp_path, [model], (), settings)

    model = known_density(np.random.default_rng(5).normal(0, 1, 15))
    before, found = of("symptom_change", "First title")
    (first,) = found.fits.values()
    after, again = of("parallel_slope", "Second title")
    (kept,) = again.fits.values()
    assert kept.judged_by == first.judged_by == stated(before.spec) != stated(after.spec)
    assert datetime.fromisoformat(kept.sampled) == datetime.fromisoformat(first.sampled)
    twice = load_fit(tmp_path, kept.model, doubled_name(kept.prior))
    assert twice.judged_by == stated(before.spec)
    assert twice.sampled >= kept.sampled
    assert [(each.key, each.then, each.now) for each in restated(after, again.fits.values())] == [
        ("study.title", ("First title",), "Second title"),
        ("analysis.primary_estimand", ("symptom_change",), "parallel_slope"),
    ]


def test_mistyped_names_have_no_estimates_and_that_is_told(example_run):
    results = example_run.results
    assert results.estimates_of(model="symptom_change")
    assert results.estimates_of(model="growth") == ()
    with pytest.raises(InputError, match=r"^model: .* did you mean 'symptom_change'"):
        results.estimates_of(model="symptom_chnage")
    assert results.estimates_of(prior="literature", estimand="slope_correlation") == ()
    with pytest.raises(InputError) as caught:
        results.estimates_of(prior="refrence", estimand="prognostic_slop")
    assert [str(fault).split("?")[0] for fault in caught.value.faults] == [
        "prior: a prior set of these results is required; found 'refrence'; did you mean 'reference'",
        "estimand: an estimand of these results is required; found 'prognostic_slop'; did you mean 'prognostic_slope'",
    ]
    assert repr(results).startswith("Results of 'Synthetic exercise trial': ")
    assert len(repr(results)) < 200


def test_stored_results_are_read_and_written_by_the_name_of_a_folder(example_run):
    loaded = load_results(str(example_run.directory))
    assert loaded.estimates == example_run.results.estimates
