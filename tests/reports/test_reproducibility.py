"""How a run is to be had again: what the section promises, and the seed of every fit."""

from dataclasses import replace

from cochange.inference.doubled import Doubling
from cochange.inference.restated import restated_notices
from cochange.inference.results import Results
from cochange.inference.settings import Settings
from cochange.reports.primary import estimand_told, model_told
from cochange.reports.sections import reproducibility


def test_the_run_that_compiles_draws_what_every_later_one_does(results: Results) -> None:
    said = " ".join(getattr(part, "text", "") for part in reproducibility.SECTION.block(results).parts)
    assert "the same draws bit for bit, those of the run that compiles a model too" in said
    assert "first run" not in said


def said_in(results: Results) -> list[str]:
    return [getattr(part, "text", "") for part in reproducibility.SECTION.block(results).parts]


def test_a_report_says_when_its_draws_were_made_as_far_as_fits_tell(results: Results) -> None:
    assert not [text for text in said_in(results) if text.startswith("The draws")]
    first, second, *others = results.fits
    fits = {
        **results.fits,
        first: replace(results.fits[first], sampled="2026-03-02T09:30:12+00:00"),
        second: replace(results.fits[second], sampled="2026-02-27T18:01:59+00:00"),
    }
    (told,) = [text for text in said_in(replace(results, fits=fits)) if text.startswith("The draws")]
    assert f"The draws of 2 of the {2 + len(others)} fits were made from 2026-02-27 18:01 UTC to 2026-03-02" in told


def test_what_was_stated_otherwise_when_draws_were_made_is_told(results: Results, with_analysis) -> None:
    study = with_analysis(results.study, {"primary_estimand": "parallel_slope"})
    now, key = study.spec.judged_by, "analysis.primary_estimand"

    def of(judged_by: dict[str, str | float] | None) -> Results:
        fits = {name: replace(fit, judged_by=judged_by) for name, fit in results.fits.items()}
        return replace(results, study=study, fits=fits)

    assert not [text for same in (None, now) for text in said_in(of(same)) if "changed after" in text]
    other = of({**now, key: "symptom_change", "estimand.smallest_important.change_correlation": 0.5})
    assert [text for text in said_in(other) if "changed after" in text] == [
        f"{key} of the study file is parallel_slope: changed after the draws were made (then: symptom_change).",
        "estimand.smallest_important.change_correlation of the study file is not stated: changed after the draws were "
        "made (then: 0.5).",
    ]
    worded = of({**now, "study.title": "Another title", "estimand.population": ""})
    population = study.spec.estimand.population
    assert [text for text in said_in(worded) if "changed after" in text] == [
        f"study.title of the study file is {study.spec.study.title}: changed after the draws were made (then: Another "
        "title).",
        f"estimand.population of the study file is {population}: changed after the draws were made (then: not stated).",
    ]
    summary_says = "(parallel_slope), changed after the draws were made (then: symptom_change)."
    assert summary_says in estimand_told((), other)
    assert "changed after" not in estimand_told((), of(now))
    study = with_analysis(study, {"primary_model": "symptom_change"})
    assert model_told(of(now)).startswith(
        "The study file states symptom_change as the primary model, changed after the draws were made (then: not "
    )
    assert str(restated_notices(other.study, other.fits.values())[0]) == (
        f"{study.path.name}, key {key}: changed after the draws were made (then: symptom_change); now: parallel_slope"
    )


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
