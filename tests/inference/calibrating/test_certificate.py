"""Certificates that ship: of the code that ships, and of what they say."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import cochange.models
from cochange.inference.calibrating import certificate
from cochange.inference.calibrating.certificate import CERTIFIED, certificate_name, certificate_of, code_of
from cochange.models.parts.contract import load_model
from cochange.reports.certificates import calibrated, certificate_sentence


@pytest.fixture(params=CERTIFIED, ids="-".join)
def found(request: pytest.FixtureRequest) -> certificate.Certificate:
    record = certificate_of(*request.param)
    assert record is not None
    return record


def test_a_certificate_is_of_the_code_that_ships(found: certificate.Certificate) -> None:
    assert found.current, f"the code of {found.model} has changed: make certificates"


def test_a_certificate_agrees_with_itself(found: certificate.Certificate) -> None:
    for row in found.quantities:
        assert sum(row["ranks"]) == row["fits"] <= found.fits
    bound = 0.05 / len(found.quantities)
    assert sorted(found.uneven) == sorted(row["quantity"] for row in found.quantities if row["p_value"] < bound)
    named = {row["quantity"].split("[")[0] for row in found.quantities if row["estimand"]}
    assert named <= set(load_model(found.model).estimands)


def test_only_certificates_that_are_declared_ship() -> None:
    folder = Path(str(files("cochange.inference.calibrating"))) / certificate.FOLDER
    assert {path.name for path in folder.iterdir()} == {certificate_name(*pair) for pair in CERTIFIED}


def test_the_sentence_is_made_of_the_record(found: certificate.Certificate) -> None:
    said = calibrated(load_model(found.model), found.prior)
    assert f"on {found.fits} simulated studies ({found.date}, version {found.version})" in said
    held = [row["coverage"][-1]["held"] for row in found.quantities if row["estimand"]]
    ends = dict.fromkeys(f"{100 * end:.1f}%" for end in (min(held), max(held)))
    assert f"held the truth in {' to '.join(ends)};" in said
    assert "other code" in certificate_sentence(replace(found, code="another"))
    assert "ranks are uneven for sd" in certificate_sentence(replace(found, uneven=["sd"]))


def test_a_model_without_one_is_said_to_have_none() -> None:
    said = calibrated(load_model("symptom_change"), "diffuse")
    assert said == "No calibration of symptom_change under the diffuse prior ships with this version."


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the models, to be changed."""
    source = Path(cochange.models.__path__[0])
    for path in source.rglob("*.py"):
        copy = tmp_path / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(cochange.models, "__path__", [str(tmp_path)])
    return tmp_path


def test_a_change_of_code_changes_the_hash_and_one_of_words_does_not(copied: Path) -> None:
    before = code_of("joint_change")
    kernel = copied / "parts" / "likelihood" / "kernel.py"
    text = kernel.read_text("utf-8")
    kernel.write_text(text.replace('"""', '"""Other words. ', 1) + "\n# A remark.\n", "utf-8")
    assert code_of("joint_change") == before
    kernel.write_text(text + "\nEXTRA = 1\n", "utf-8")
    assert code_of("joint_change") != before
    kernel.write_text(text, "utf-8")
    model = copied / "joint_change.py"
    of_model = model.read_text("utf-8")
    model.write_text(
        of_model.replace('Estimand("exp(E[m1 - m0])", "ratio", 1.0', 'Estimand("other words", "ratio", 1.0'), "utf-8"
    )
    assert model.read_text("utf-8") != of_model
    assert code_of("joint_change") == before
    model.write_text(
        of_model.replace('Estimand("exp(E[m1 - m0])", "ratio", 1.0', 'Estimand("same", "ratio", 0.0'), "utf-8"
    )
    assert code_of("joint_change") != before
    model.write_text(of_model, "utf-8")
    other = copied / "symptom_change.py"
    other.write_text(other.read_text("utf-8") + "\nEXTRA = 1\n", "utf-8")
    assert code_of("joint_change") == before


def test_ten_bins_hold_the_ranks(found: certificate.Certificate) -> None:
    record = json.loads(json.dumps(found.quantities))
    assert {len(row["ranks"]) for row in record} == {certificate.BINS}
    assert all(np.array(row["ranks"]).min() >= 0 for row in record)
