"""Assurance against closed forms: a normal mean with a known variance, which has a normal posterior."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from cochange.data.simulation.skeleton import Expected
from cochange.inference.planning.assure import Assurance, Question, plan
from cochange.inference.planning.designs import Designs
from cochange.reports.plan_sentences import plan_cautions, plan_sentences
from cochange.reports.planning import write_plan

SIGMA, DESIGN, ANALYSIS = 8.0, (-5.0, 3.0), (0.0, 10.0)
FITS = 200
QUESTION = Question(design_prior="design", prior="own", decision="symptom_change=important decrease")


def power(n: int, truth: float, limit: float, probability: float) -> float:
    """Probability that a study of a given truth finds a posterior probability under the limit of at least that."""
    precision = 1 / ANALYSIS[1] ** 2 + n / SIGMA**2
    # The posterior mean that is just low enough, then the sample mean that gives it.
    mean = limit - stats.norm.ppf(probability) / np.sqrt(precision)
    sample_mean = (mean * precision - ANALYSIS[0] / ANALYSIS[1] ** 2) * SIGMA**2 / n
    return float(stats.norm.cdf(sample_mean, truth, SIGMA / np.sqrt(n)))


def assurance(n: int, limit: float, probability: float, highest: float = 30.0) -> float:
    """The power averaged over the design prior up to the highest truth, by quadrature."""
    prior = stats.norm(*DESIGN)
    return float(integrate.quad(lambda truth: prior.pdf(truth) * power(n, truth, limit, probability), -40, highest)[0])


def planned(
    study_file: Path, model: str, expected: Expected, question: Question, designs: Designs, fits: int = FITS
) -> Assurance:
    return plan(study_file, designs, question, model, expected, fits=fits, cores=1)


def test_assurance_is_what_quadrature_gives(study_file: Path, own_model: str, expected: Expected) -> None:
    found = planned(study_file, own_model, expected, QUESTION, Designs(participants=(20, 80), dropout=(0.0, 0.25)))
    for row in found.rows:
        n = round(row.design.participants * (1 - row.design.dropout))
        known = assurance(n, -3.0, 0.9)
        assert abs(row.assurance - known) < 4 * np.sqrt(known * (1 - known) / FITS), row.design
        assert row.lower < row.assurance < row.upper
        assert sum(row.endings.values()) == pytest.approx(1)
    by_design = {(row.design.participants, row.design.dropout): row.assurance for row in found.rows}
    assert by_design[80, 0.0] > by_design[20, 0.0] > by_design[20, 0.25] - 0.01
    # Every design saw the same truths.
    first = found.rows[0]
    limits = f"(exact 95% limits {100 * first.lower:.1f}% to {100 * first.upper:.1f}%)"
    assert f"in {100 * first.assurance:.0f}% of {FITS} simulated studies {limits}" in plan_sentences(found)[0]
    # What is true, and how often the decision is right, against the design prior and quadrature.
    prior = stats.norm(*DESIGN)
    ceiling = float(prior.cdf(-3.0))
    for row in found.rows:
        n = round(row.design.participants * (1 - row.design.dropout))
        beside = row.rightness
        assert beside is not None
        assert beside.median == pytest.approx(DESIGN[0], abs=4 * 1.2533 * DESIGN[1] / np.sqrt(FITS))
        assert abs(beside.true.share - ceiling) < 4 * np.sqrt(ceiling * (1 - ceiling) / FITS)
        right = assurance(n, -3.0, 0.9, highest=-3.0)
        assert beside.power is not None
        among = right / ceiling
        assert abs(beside.power.share - among) < 4 * np.sqrt(among * (1 - among) / beside.true.count)
        assert beside.power.count + beside.false.count == round(row.assurance * FITS)
        assert beside.false.share < 0.05
    said = " ".join(plan_sentences(found))
    assert f"It is an important decrease (beyond 3 points) in {100 * first.rightness.true.share:.1f}%" in said
    assert "no larger share can rightly end with it, however many take part" in said


def test_power_at_a_given_truth_is_what_the_normal_distribution_gives(
    study_file: Path, own_model: str, expected: Expected
) -> None:
    question = Question(
        design_prior="design", prior="own", decision="symptom_change=decrease", truth={"symptom_change": -3.0}
    )
    found = planned(study_file, own_model, expected, question, Designs(participants=(30,)))
    (row,) = found.rows
    # A direction needs half of what the interval leaves on either side: 0.95 where it holds 0.9.
    known = power(30, -3.0, 0.0, 0.95)
    assert found.decision.probability == pytest.approx(0.95)
    assert abs(row.assurance - known) < 4 * np.sqrt(known * (1 - known) / FITS)
    assert "whose truth has symptom_change \N{MINUS SIGN}3" in plan_sentences(found)[0]
    assert plan_sentences(found)[1] == (
        "The true symptom_change is \N{MINUS SIGN}3 points in every simulated study, which is a decrease: no decision "
        "for it is false."
    )


def test_the_same_seed_gives_the_same_and_a_plan_goes_on(
    study_file: Path, own_model: str, expected: Expected, tmp_path: Path
) -> None:
    def made(fits: int, folder: str, seed: int = 3) -> Assurance:
        designs = Designs(participants=(20, 30))
        return plan(study_file, designs, QUESTION, own_model, expected, None, fits, tmp_path / folder, seed, cores=1)

    first = made(20, "one")
    kept = {path.name: path.read_text("utf-8") for path in (tmp_path / "one" / "fits").glob("*.jsonl")}
    # A kill leaves a line without its end.
    for path in (tmp_path / "one" / "fits").glob("*.jsonl"):
        path.write_text(kept[path.name] + '{"number": 20, "prob', "utf-8")
    more, whole = made(26, "one"), made(26, "two")
    assert [asdict(row) for row in more.rows] == [asdict(row) for row in whole.rows]
    for name, text in kept.items():
        assert (tmp_path / "one" / "fits" / name).read_text("utf-8").startswith(text)
    assert [row.fits for row in first.rows] == [20, 20]
    truths = [[json.loads(line)["truth"] for line in text.splitlines()[1:]] for text in kept.values()]
    assert truths[0] == truths[1]
    # What is stored are the masses of the posteriors: another probability asks for no new fit.
    stored = {path.name: path.read_bytes() for path in (tmp_path / "one" / "fits").glob("*.jsonl")}
    surer = replace(QUESTION, probability=0.99)
    designs = Designs(participants=(20, 30))
    sure = plan(study_file, designs, surer, own_model, expected, None, 26, tmp_path / "one", 3, cores=1)
    assert stored == {path.name: path.read_bytes() for path in (tmp_path / "one" / "fits").glob("*.jsonl")}
    assert all(one.assurance <= other.assurance for one, other in zip(sure.rows, more.rows, strict=True))
    assert sure.rows[0].assurance < more.rows[0].assurance
    others = made(20, "three", seed=4)
    other = (tmp_path / "three" / "fits" / "participants_20_dropout_0.jsonl").read_text("utf-8")
    assert [json.loads(line)["truth"] for line in other.splitlines()[1:]] != truths[0]
    assert others.seed == 4


def test_a_prior_set_that_is_another_one_is_told(
    study_file: Path, own_model: str, expected: Expected, tmp_path: Path
) -> None:
    study_file.write_text(f"{study_file.read_text('utf-8')}\n[analysis.prior_sets.empty]\n", "utf-8")
    question = replace(QUESTION, design_prior="empty")
    found = plan(study_file, Designs(participants=(20,)), question, own_model, expected, fits=20, cores=1)
    (said,) = plan_cautions(found)
    assert said.startswith("For own_model the design prior, 'empty', is 'reference': all its priors of this model are")
    assert said in write_plan(found, tmp_path).read_text("utf-8").replace("&#39;", "'")
    assert said in json.loads((tmp_path / "plan.json").read_text("utf-8"))["said"]
    assert plan_cautions(replace(found, question=QUESTION)) == ()


def test_a_plan_is_written_with_its_numbers(
    study_file: Path, own_model: str, expected: Expected, tmp_path: Path
) -> None:
    designs = Designs(participants=(20, 30), dropout=(0.0, 0.2))
    found = plan(study_file, designs, QUESTION, own_model, expected, fits=20, cores=1)
    page = write_plan(found, tmp_path / "out").read_text("utf-8")
    record = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert [row["assurance"] for row in record["designs"]] == [row.assurance for row in found.rows]
    assert record["decision"]["reason"] == "chosen for this test"
    for sentence in plan_sentences(found):
        assert sentence in page
    table = (tmp_path / "out" / "tables" / "plan_designs.csv").read_text("utf-8").splitlines()
    assert len(table) == 5
    assert table[0].startswith("data,participants,dropout,lower_limit,marker_reliability,score_reliability,fits")
    assert {path.suffix for path in (tmp_path / "out" / "figures").iterdir()} == {".svg", ".pdf", ".png"}
    assert "SYNTHETIC DATA" in page
    # Nobody asked for a limit or a reliability.
    assert "limit of detection" not in page
    assert "reliability is the true one" not in page
    assert "Numbers of participants are in total, as they begin, before anybody is lost; there are no arms." in page
    priors = (tmp_path / "out" / "tables" / "plan_priors.csv").read_text("utf-8")
    assert "Normal(\N{MINUS SIGN}5, 3)" in priors or "-5" in priors
    assert record["designs"][0]["rightness"]["true"]["of"] == 20


def test_participants_are_counted_over_the_arms(own_model: str, expected: Expected, study_file: Path) -> None:
    text = study_file.read_text("utf-8").replace('"single arm"', '"randomised"')
    study_file.write_text(
        text.replace("\n[estimand.", '\n[arms]\ncolumn = "arm"\ncontrol = "usual"\n\n[estimand.', 1), "utf-8"
    )
    expected = replace(expected, arms=("usual", "exercise"))
    found = planned(study_file, own_model, expected, QUESTION, Designs(participants=(21,)), fits=20)
    assert found.rows[0].arms == {"usual": 11, "exercise": 10}
    assert plan_sentences(found)[0].startswith("With 21 participants (usual 11, exercise 10) and 0% dropout, the study")
