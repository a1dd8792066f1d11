"""Rows come back from results.json as they were, and only while what they rest on is the same."""

from dataclasses import fields, replace

import numpy as np
import pytest

from cochange.inference import stored_rows as module
from cochange.inference.doubled import Doubling
from cochange.inference.estimates import Estimate
from cochange.inference.loo import FormComparison
from cochange.inference.manifest import make_manifest
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.surface import Axis, Statement, Surface
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import assemble
from cochange.inference.settings import Settings
from cochange.inference.store import load_fit, save_fit, save_results, save_study, stored_rows
from cochange.inference.verdict import Diagnostics

TEXTS = {"status": "report", "side": "below", "ci_kind": "eti"}


def row(kind, **values):
    """A row whose texts say their field and whose numbers are no round ones."""
    plain = {
        item.name: TEXTS.get(item.name, item.name)
        if item.type is str or item.name in TEXTS
        else (3 if item.type is int else ("one", "two") if item.name == "reasons" else np.pi / (len(item.name) + 2))
        for item in fields(kind)
    }
    return kind(**(plain | values))


@pytest.fixture
def directory(tmp_path, example_study, one_mean, fit_of):
    """A run of one model with two prior sets, whose rows are made up."""
    fits = {
        (one_mean.name, prior): replace(fit_of(np.random.default_rng(1).normal(size=(2, 50))), prior=prior)
        for prior in ("reference", "sceptical")
    }
    sets = {one_mean.name: {prior: one_mean.shipped["reference"] for _, prior in fits}}
    manifest = make_manifest(example_study, Settings(), sets, {})
    rows = module.Rows(
        estimates=tuple(
            row(Estimate, model=one_mean.name, prior=prior, null=None, r_hat=np.nan, marker=None) for _, prior in fits
        ),
        diagnostics=tuple(row(Diagnostics, model=one_mean.name, prior=prior) for _, prior in fits),
        no_change=(row(NaiveStatistic),),
        comparison=(row(FormComparison, difference_se=np.nan),),
        doubled=(row(Doubling),),
        under_scenarios=(
            UnderScenario(
                scenario="as stated", estimator="Bayesian imputation", left=3, estimate=row(Estimate, null=None)
            ),
        ),
        surfaces=(
            Surface(
                model=one_mean.name, prior="reference", group="overall", visit="w12",
                statements=(
                    Statement(estimand="mean", unit="points", side="below", limit=np.pi, important=True),
                    Statement(estimand="ratio", unit="ratio", side="above", limit=1.0, important=False),
                ),
                bound=0.95, x=Axis(outcome="score", arm="overall", left=3, shifts=(0.0, np.pi)),
                y=Axis(outcome="marker", arm="overall", left=3, shifts=(1.0, 2.0)),
                probability=((0.99, 0.4), (0.3, np.pi / 8)), contour=(np.nan, 2.0), at_random=0.99, tip=np.nan,
                tip_y=1.5,
            ),
            Surface(
                model=one_mean.name, prior="reference", group="overall", visit="w12", statements=(), bound=0.95,
                x=Axis(outcome="score", arm="overall", left=3, shifts=(0.0,)), y=None, probability=((0.5,),),
                contour=(1.0,), at_random=0.5, tip=1.0, tip_y=np.nan,
            ),
        ),
    )  # fmt: skip
    selections = {one_mean.name: one_mean.select(example_study)}
    results = assemble(example_study, (one_mean,), {}, selections, sets, fits, manifest, rows=rows)
    save_study(tmp_path, example_study)
    for fit in fits.values():
        save_fit(tmp_path, fit, "key", "input")
    save_results(tmp_path, results)
    return tmp_path, rows


def test_rows_come_back_as_they_were_written(directory):
    folder, rows = directory
    assert repr(stored_rows(folder)) == repr(rows)


@pytest.mark.parametrize(
    "file", ["results.json", "manifest.json", "study/data.nc", "study/study.json", "posterior/one_mean-sceptical.nc"]
)
def test_a_changed_file_is_seen(directory, file):
    folder, _ = directory
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content + b" ")
    assert stored_rows(folder) is None
    (folder / file).write_bytes(content)
    assert stored_rows(folder) is not None
    (folder / file).unlink()
    assert stored_rows(folder) is None


def test_changed_code_another_fit_or_a_missing_record_is_seen(directory, monkeypatch):
    folder, _ = directory
    other = folder / "posterior" / "one_mean-diffuse.nc"
    other.write_bytes(b"")
    assert stored_rows(folder) is None
    other.unlink()
    with monkeypatch.context() as changed:
        changed.setattr(module, "source_hash", lambda _: "another")
        assert stored_rows(folder) is None
    with monkeypatch.context() as changed:
        changed.setattr(module, "version", lambda _: "another")
        assert stored_rows(folder) is None
    assert stored_rows(folder) is not None
    (folder / module.RECORD).unlink()
    assert stored_rows(folder) is None


def test_some_groups_of_a_fit_are_read_alone(directory):
    folder, _ = directory
    whole = load_fit(folder, "one_mean", "reference")
    part = load_fit(folder, "one_mean", "reference", groups=("prior", "absent"))
    assert set(part.tree.children) == {"prior"}
    assert part.tree["prior"].to_dataset().identical(whole.tree["prior"].to_dataset())
    for item in fields(part):
        if item.name != "tree":
            assert getattr(part, item.name) == getattr(whole, item.name)
