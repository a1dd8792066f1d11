"""A study without data, whose prior sets make the posterior of the mean change normal with a known variance."""

from pathlib import Path

import pytest

from cochange.data.simulation.skeleton import Expected, Level

STUDY = """
[study]
title = "Planned trial"
design = "single arm"
treatment = "exercise"

[data]
file = "not_there_yet.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "week 12"]

[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]

[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]

[estimand.smallest_important.symptom_change]
value = 3
reason = "chosen for this test"

[analysis]
ci_prob = 0.9

# A standard deviation of 8, known to half a percent.
[analysis.prior_sets.design.own_model]
mean_change = { mean = -5, sd = 3 }
sd = { family = "Gamma", shape = 40000, rate = 5000 }

[analysis.prior_sets.own.own_model]
mean_change = { mean = 0, sd = 10 }
sd = { family = "Gamma", shape = 40000, rate = 5000 }
"""


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(STUDY, "utf-8")
    return path


@pytest.fixture
def expected() -> Expected:
    return Expected(baselines={"IL-6": Level(1.5, 0.7), "MADRS": Level(25, 6)})
