"""What is stored comes back the same."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cochange.inference.files import write_json
from cochange.inference.manifest import make_manifest
from cochange.inference.settings import Settings
from cochange.inference.sources import source_hash
from cochange.inference.store import (
    StoreError,
    fingerprint,
    fit_path,
    load_fit,
    load_results,
    load_study,
    save_fit,
    save_study,
)
from cochange.models.parts.families import Normal


def test_a_fit_comes_back_the_same(tmp_path, fit_of):
    fit = fit_of(np.random.default_rng(1).normal(size=(2, 50)), diverging=3)
    stated = {"analysis.primary_estimand": "mean", "estimand.smallest_important.mean": 2.0}
    fit = replace(fit, sampled="2026-02-27T18:01:59+00:00", judged_by=stated)
    save_fit(tmp_path, fit, "key", "input")
    again = load_fit(tmp_path, "one_mean", "reference", "key")
    for item in fields(fit):
        if item.name != "tree":
            assert getattr(again, item.name) == getattr(fit, item.name)
    for group in ("posterior", "sample_stats", "prior"):
        xr.testing.assert_equal(again.tree[group].to_dataset(), fit.tree[group].to_dataset())
    assert load_fit(tmp_path, "one_mean", "reference", "another key") is None
    assert load_fit(tmp_path, "one_mean", "sceptical") is None
    path = fit_path(tmp_path, "one_mean", "reference")
    path.write_bytes(path.read_bytes()[:5000])
    assert load_fit(tmp_path, "one_mean", "reference", "key") is None
    lacking = fit.tree.copy()
    lacking.attrs = {"cochange_fit": json.dumps({"model": "one_mean"}), "cochange_fingerprint": "key"}
    path.unlink()
    lacking.to_netcdf(path, engine="h5netcdf")
    assert load_fit(tmp_path, "one_mean", "reference", "key") is None
    assert [path.name for path in (tmp_path / "posterior").iterdir()] == ["one_mean-reference.nc"]


def test_a_study_comes_back_the_same(tmp_path, example_study):
    save_study(tmp_path, example_study)
    again = load_study(tmp_path)
    xr.testing.assert_identical(again.data, example_study.data)
    assert again.spec == example_study.spec
    assert again.notices == example_study.notices
    assert (again.input_hash, again.content_hash) == (example_study.input_hash, example_study.content_hash)
    assert again.audit.facts == example_study.audit.facts
    old, new = example_study.audit.records, again.audit.records
    pd.testing.assert_series_equal(old["row"], new["row"])
    for column in ("participant", "visit", "variable", "text", "status", "decision"):
        assert old[column].tolist() == new[column].tolist()


def test_a_fingerprint_follows_everything_a_fit_depends_on(example_study, one_mean):
    def key(study=example_study, mean=0.0, **settings):
        priors = replace(one_mean.shipped["reference"], mean=Normal(mean=mean, sd=10))
        return fingerprint(study, one_mean, priors, make_manifest(study, Settings(**settings), {}, {}))

    assert key() == key()
    assert key(cores=1) == key(cores=2)
    other_content = replace(example_study, content_hash="0" * 64)
    assert len({key(), key(mean=1.0), key(seed=2), key(draws=500), key(chains=2), key(study=other_content)}) == 6
    assert key(study=replace(example_study, input_hash="0" * 64)) == key()


def test_a_change_in_any_file_of_the_models_parts_is_seen(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "part.py").write_text("VALUE = 1\n")
    before = source_hash(tmp_path)
    assert source_hash(tmp_path) == before
    (tmp_path / "deep" / "part.py").write_text("VALUE = 2\n")
    changed = source_hash(tmp_path)
    (tmp_path / "deep" / "part.py").rename(tmp_path / "part.py")
    assert len({before, changed, source_hash(tmp_path)}) == 3


def test_a_folder_without_a_run_says_so(tmp_path):
    with pytest.raises(StoreError, match="holds no run"):
        load_results(tmp_path)


def test_an_unfinished_run_says_so(tmp_path, example_study):
    save_study(tmp_path, example_study)
    with pytest.raises(StoreError, match="not finished"):
        load_results(tmp_path)


def test_a_missing_fit_is_named(tmp_path, example_run):
    save_study(tmp_path, example_run.results.study)
    write_json(tmp_path / "manifest.json", example_run.results.manifest)
    with pytest.raises(StoreError, match=str(fit_path(tmp_path, "joint_change", "reference"))):
        load_results(tmp_path)
