"""What is said of a trial of four visits: the visits its models use, and why their correlations differ."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.inference.loo import FormComparison
from cochange.inference.results import Results
from cochange.reports.checklists import on_models
from cochange.reports.correlations import apart
from cochange.reports.sections import limits, methods
from cochange.reports.visits_used import visits_used

N = 40
VISITS = ["0", "4", "8", "12"]
MANY = ("growth", "repeated_measures")
# How many markers lie under their limit at each visit.
UNDER = (2, 3, 5, 7)


@pytest.fixture(scope="module")
def four_visits(tmp_path_factory: pytest.TempPathFactory, fabricate: Callable[..., Results]) -> Results:
    """Two arms at four visits; the models of two visits are made up, and stand for any model."""
    folder: Path = tmp_path_factory.mktemp("four")
    rng = np.random.default_rng(3)
    table: dict[str, Any] = {"id": [f"P{i:02}" for i in range(N)], "arm": ["T", "C"] * (N // 2)}
    for visit, under in zip(VISITS, UNDER, strict=True):
        marker = rng.uniform(1, 9, N).round(2).astype(str)
        marker[:under] = "<0.4"
        table |= {f"m{visit}": marker, f"y{visit}": rng.integers(3, 20, N).astype(str)}
    pd.DataFrame(table).to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(
        f"""
[study]
title = "Four visits"
design = "randomised"
treatment = "yoga"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = {VISITS}
[[marker]]
name = "CRP"
unit = "mg/L"
scale = "raw"
lower_limit = 0.4
columns = {[f"m{visit}" for visit in VISITS]}
[symptom]
scale = "PHQ-9"
columns = {[f"y{visit}" for visit in VISITS]}
[arms]
column = "arm"
control = "C"
[time]
unit = "weeks"
visits = [0, 4, 8, 12]
""",
        encoding="utf-8",
    )
    return fabricate(read_study(folder / "study.toml"), ("reference",))


def with_models(results: Results, names: dict[str, str]) -> Results:
    """The results of some models alone, under other names, with everybody used."""
    everyone = replace(
        next(iter(results.selections.values())), left_out={}, used=results.study.data["participant"].values
    )
    models = tuple(replace(model, name=names[model.name]) for model in results.models if model.name in names)
    rows = tuple(replace(row, model=names[row.model]) for row in results.estimates if row.model in names)
    return replace(results, models=models, estimates=rows, selections=dict.fromkeys(names.values(), everyone))


@pytest.fixture(scope="module")
def many(four_visits: Results) -> Results:
    return with_models(four_visits, {"marker_change": "growth", "parallel_change": "repeated_measures"})


@pytest.fixture(scope="module")
def own(four_visits: Results) -> Results:
    """The results of a model of the user's own alone."""
    mine = replace(with_models(four_visits, {"marker_change": "mine"}), fits={}, diagnostics=())
    return replace(mine, models=tuple(replace(model, source=Path("mine.py")) for model in mine.models))


def text_of(results: Results) -> str:
    return " ".join(part.text for part in methods.SECTION.block(results).parts if part.kind == "paragraph")


def test_values_beyond_limits_are_counted_over_the_visits_used(four_visits: Results, many: Results) -> None:
    every = f"{sum(UNDER)} of {4 * N} values lay beyond a limit of detection"
    ends = f"{UNDER[0] + UNDER[3]} of {2 * N}"
    assert f"{every}. repeated_measures and growth took" in text_of(many)
    assert f"{ends} values lay beyond a limit of detection. marker_change took" in text_of(four_visits)
    both = with_models(four_visits, {"marker_change": "marker_change", "parallel_change": "growth"})
    assert f"{every}, {ends} at week 0 and week 12 alone. growth and marker_change took" in text_of(both)


def test_two_visits_are_compared_by_models_of_two_alone(four_visits: Results, many: Results) -> None:
    assert "Outcomes at week 12 were compared with those at week 0. " in text_of(four_visits)
    assert "growth and repeated_measures used the visits week 0, week 4, week 8 and week 12." in text_of(many)
    assert "Outcomes at" not in text_of(many)
    both = with_models(four_visits, {"marker_change": "marker_change", "parallel_change": "growth"})
    assert (
        "Outcomes at week 12 were compared with those at week 0 by marker_change; growth used the visits week 0, week "
        "4, week 8 and week 12." in text_of(both)
    )


def test_no_order_in_time_is_told_of_every_model_that_compares_two_visits(four_visits: Results, many: Results) -> None:
    def said(results: Results) -> str:
        return " ".join(limits.SECTION.block(results).parts[0].items)

    words = "parallel_change compares two visits alone, week 0 and week 12, which give no order in time between the"
    assert words in said(four_visits)
    assert "looks the same as a parallel change." in said(four_visits)
    assert "direct effect" not in said(four_visits)
    assert "order in time" not in said(many)


def test_a_model_of_ones_own_may_use_every_visit(four_visits: Results, own: Results) -> None:
    """The contract of a model does not say which visits it uses: words and counts go by the same rule."""
    used = "mine used those of the visits week 0, week 4, week 8 and week 12 that its formula names."
    assert visits_used(own) == tuple(VISITS)
    assert f" {used}" in text_of(own)
    assert "Outcomes at" not in text_of(own)
    assert f"{sum(UNDER)} of {4 * N} values lay beyond a limit of detection." in text_of(own)
    beside = replace(own, models=(*own.models, *four_visits.models), selections=own.selections | four_visits.selections)
    assert visits_used(beside) == tuple(VISITS)
    assert f"with those at week 0 by marker_change, parallel_change and symptom_change; {used}" in text_of(beside)
    assert f"{UNDER[0] + UNDER[3]} of {2 * N} at week 0 and week 12 alone" in text_of(beside)
    assert visits_used(four_visits) == (VISITS[0], VISITS[-1])


def test_forms_are_compared_within_a_model_alone(many: Results) -> None:
    one = FormComparison(
        model="growth", form="normal", elpd=-900.0, se=25.0, p=30.0, difference=float("nan"),
        difference_se=float("nan"), weight=1.0, participants=N, k_most=0.5, k_high=0, refitted=0, r_hat=1.0,
        ess=2410.0, divergences=0,
    )  # fmt: skip
    alone = replace(many, comparison=(one, replace(one, model="repeated_measures")))
    assert "leave-one-out cross-validation (Vehtari et al. 2017)." in text_of(alone)
    assert "tacking" not in text_of(alone) + on_models.bayes_factors(alone).text
    second = replace(one, form="Student-t", difference=-3.0, difference_se=2.0)
    several = replace(many, comparison=(replace(one, difference=0.0), second, replace(one, model="repeated_measures")))
    assert "cross-validation; 2 forms of growth were compared, with stacking weights (Vehtari" in text_of(several)
    assert "Stacking weights are no model probabilities." in on_models.bayes_factors(several).text


def test_correlations_of_the_same_participants_differ_by_their_models(many: Results) -> None:
    row = replace(many.estimates[0], estimand="change_correlation")
    said = apart(replace(many, estimates=tuple(replace(row, model=name) for name in MANY)))
    assert "different participants" not in said
    assert "some are not" not in said
    assert "growth has straight courses, the same spread around them and one correlation of marker and score" in said
    assert "repeated_measures leaves every visit its own spread and every two their own correlation." in said
    fewer = replace(many.selections["growth"], used=many.selections["growth"].used[1:])
    other = replace(many, selections={**many.selections, "growth": fewer})
    said = apart(replace(other, estimates=tuple(replace(row, model=name) for name in MANY)))
    assert "They need not agree: they are of different participants; growth has" in said


def test_visits_are_a_reason_where_some_correlations_are_of_two_alone(many: Results) -> None:
    row = replace(many.estimates[0], estimand="change_correlation")

    def told(*models: str, spec: object = many.study.spec) -> str:
        chosen = dict.fromkeys(models, many.selections["growth"])
        rows = tuple(replace(row, model=name) for name in models)
        study = replace(many.study, spec=spec)
        return apart(replace(many, study=study, estimates=rows, selections=chosen))

    said = told("joint_change", "repeated_measures")
    assert said.endswith(" They need not agree: joint_change takes the values of two visits alone.")
    said = told("joint_change", "parallel_change", "growth")
    assert (
        "They need not agree: some are given more of the design than others; joint_change and parallel_change take the "
        "values of two visits alone; growth has" in said
    )
    said = told("joint_change", "parallel_change")
    assert said.endswith(" They need not agree: some are given more of the design than others.")
    # Without arms, groups, sites and covariates none is given anything.
    assert "need not agree" not in told(
        "joint_change", "parallel_change", spec=many.study.spec.model_copy(update={"arms": None})
    )
