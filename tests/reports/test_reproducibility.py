"""How a run is to be had again: what the section promises, and the seed of every fit."""

from dataclasses import replace

from cochange.inference.doubled import Doubling
from cochange.inference.results import Results
from cochange.inference.settings import Settings
from cochange.reports.sections import reproducibility


def test_the_run_that_compiles_draws_what_every_later_one_does(results: Results) -> None:
    said = " ".join(getattr(part, "text", "") for part in reproducibility.SECTION.block(results).parts)
    assert "the same draws bit for bit, those of the run that compiles a model too" in said
    assert "first run" not in said


def test_every_fit_has_its_seed_those_of_other_forms_and_of_twice_the_draws_too(results: Results) -> None:
    twice = Doubling(
        model="symptom_change", prior="reference", estimand="symptom_change", form="ancova", marker=None,
        group="overall", draws=600, draws_doubled=1200, mean=-9.0, mean_doubled=-9.01, sd=0.8, relative_change=-0.0011,
        mean_shift=-0.0125, lower_shift=0.031, upper_shift=-0.044, mcse=0.02, r_hat=1.0,
    )  # fmt: skip
    main = results.fits["symptom_change", "reference"]
    other = replace(main, prior="reference-student-t", seed=77)
    forms = {("symptom_change", "normal"): main, ("symptom_change", "student_t"): other}
    block = reproducibility.SECTION.block(replace(results, doubled=(twice, twice), forms=forms))
    (table,) = [table for table in block.tables if table.name == "seeds"]
    rows = [row for group in table.groups for row in group.rows]
    assert len(rows) == len(results.fits) + 2
    assert ("symptom_change", "reference, student_t", "77", "4 x 600", "500") in rows
    # The seed that sampling gives it, by the names of the fit.
    seed = Settings(seed=results.manifest["seed"]).seed_of("symptom_change", "reference-doubled", "posterior")
    assert ("symptom_change", "reference, twice the draws", str(seed), "4 x 1200", "500") in rows
