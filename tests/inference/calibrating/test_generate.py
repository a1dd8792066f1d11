"""Data of the joint model drawn for a calibration: its limits, gaps, and what the fits do not know of."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cochange.data.study import Study
from cochange.inference.calibrating.calibrate import MISSPECIFIED
from cochange.inference.calibrating.design import around_the_centre, reference_design
from cochange.inference.calibrating.generate import Generator, make_generator
from cochange.models.parts.censoring import marker_pair
from cochange.models.parts.contract import ContractError, load_model
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING

MODEL = load_model("joint_change")


def analysed(study: Study, settings: dict[str, str]) -> Study:
    analysis = study.spec.analysis.model_copy(update=settings)
    return replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))


def generator_of(study: Study) -> Generator:
    priors = around_the_centre(MODEL, MODEL.shipped["reference"])
    return make_generator(MODEL, study, priors, MODEL.build(study, priors))


@pytest.fixture(scope="module")
def design() -> Study:
    return reference_design("joint_change")


@pytest.fixture(scope="module")
def generator(design: Study) -> Generator:
    return generator_of(design)


def test_the_same_seeds_give_the_same_truth_and_data_in_any_order(design: Study, generator: Generator) -> None:
    def drawn(seed: int) -> tuple[dict[str, float], dict[str, np.ndarray]]:
        truth, outcomes = generator.parameters(seed)
        values = {str(name): float(truth[name].values.ravel()[0]) for name in truth.data_vars}
        return values, generator.data(truth, outcomes, design, seed + 1)

    first, second, again = drawn(1), drawn(2), drawn(1)
    assert first[0] == again[0]
    assert all((first[1][name] == again[1][name]).all() for name in first[1])
    assert first[0] != second[0]


def test_drawn_parameters_have_the_moments_of_their_priors(generator: Generator) -> None:
    draws = [generator.parameters(seed)[0] for seed in range(400)]
    for name, mean, sd in (("prognostic", 0.0, 2.5), ("marker_mean", 0.0, 0.4), ("score_reliability", 0.8, 0.0873)):
        values = np.array([float(draw[name].values.ravel()[0]) for draw in draws])
        assert abs(values.mean() - mean) < 4 * sd / np.sqrt(len(values)), name
        assert abs(values.std() / sd - 1) < 4 / np.sqrt(2 * len(values)), name


def test_drawn_data_keep_gaps_limits_and_the_rule_of_inclusion(design: Study, generator: Generator) -> None:
    centre = float(marker_pair(design).centre)
    missing = int((design.data["marker_status"] == "missing").sum())
    censored = 0
    for seed in range(8):
        truth, outcomes = generator.parameters(seed)
        data = generator.data(truth, outcomes, design, seed)
        status, value = data["status"], data["value"]
        everyone = data["count"].sum() + (data["weight"] > 0).sum()
        assert everyone == len(MODEL.select(design).used)
        rows = data["weight"] > 0
        censored += int((status[rows] == BELOW).sum())
        below = status == BELOW
        # The limit of 0.5 pg/mL, from the centre of the study's own baseline values; ties with it are a billionth off.
        np.testing.assert_allclose(value[below], np.log(0.5) - centre, atol=2e-9)
        gaps = (status[rows][:, [0, 2]] == MISSING).sum() + (data["count"] @ (1 - data["present"][:, [0, 2]])).sum()
        assert gaps == missing
        inclusion = ~rows
        assert (status[inclusion, -1] == ABOVE).all()
        assert (value[rows, -1] > value[inclusion, -1].min()).all()
    assert censored > 0


@pytest.mark.parametrize("what", MISSPECIFIED)
def test_misspecified_data_are_taken_by_the_graph_of_the_fits(design: Study, what: str) -> None:
    of_data, of_fits = MISSPECIFIED[what]
    fitted = analysed(design, dict(of_fits))
    generator = generator_of(analysed(design, dict(of_data)))
    truth, outcomes = generator.parameters(3)
    data = generator.data(truth, outcomes, fitted, 4)
    graph = MODEL.build(fitted, around_the_centre(MODEL, MODEL.shipped["reference"]))
    own = {variable.name: variable.get_value() for variable in graph.data_vars}
    assert set(data) <= set(own)
    assert all(data[name].ndim == own[name].ndim for name in data)
    assert all(np.isfinite(values).all() for values in data.values())
    # Both tell of the same estimands, so that truths can be ranked among draws.
    assert set(MODEL.derive(truth, generator.study)) >= {"prognostic_slope", "parallel_slope"}


def test_a_discrete_outcome_takes_the_place_of_its_data_whatever_their_type(design: Study, model_of_falls: str) -> None:
    model = load_model(model_of_falls)
    priors = model.shipped["reference"]
    graph = model.build(design, priors)
    before = graph["change_of_score"].get_value()
    truth, outcomes = make_generator(model, design, priors, graph).parameters(5)
    drawn = outcomes["change_of_score"]
    assert (drawn.dtype, drawn.shape) == (before.dtype, before.shape)
    assert set(np.unique(drawn)) <= {0.0, 1.0}
    np.testing.assert_array_equal(graph["change_of_score"].get_value(), drawn)
    # Given parameters that make a fall all but sure, everyone's score falls; given the opposite, nobody's.
    for odds, fell in ((50.0, 1.0), (-50.0, 0.0)):
        given = truth.assign(mean_change=truth["mean_change"] * 0 + odds, sd=truth["sd"] * 0 + 1)
        again = make_generator(model, design, priors, graph).outcomes(given, 6)["change_of_score"]
        assert (again == fell).all()


def test_an_outcome_that_cannot_be_set_is_refused(design: Study, own_model: str, tmp_path: Path) -> None:
    text = Path(own_model).read_text("utf-8")
    assert "observed=change," in text
    path = tmp_path / "fixed.py"
    path.write_text(text.replace("observed=change,", "observed=change.get_value(),"), "utf-8")
    model = load_model(str(path))
    priors = model.shipped["reference"]
    generator = make_generator(model, design, priors, model.build(design, priors))
    with pytest.raises(ContractError, match=r"build must observe change as it stands in a pm\.Data"):
        generator.parameters(5)
