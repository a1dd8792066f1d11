"""The methods paragraph: its facts are those of the study and the run, and its words claim no more than the design."""

import re
from dataclasses import replace

import pytest

from cochange.inference.doubled import Doubling
from cochange.inference.results import Results
from cochange.models.parts.contract import available
from cochange.reports import references, statements
from cochange.reports.block import Section
from cochange.reports.checklists import on_models
from cochange.reports.labels import DESCRIBED
from cochange.reports.left_out import leaving_out
from cochange.reports.references import Reference
from cochange.reports.sections import limits, methods, models
from cochange.reports.statements import Statement

FORBIDDEN = ("significan", "effect of", "caused", "because of the treatment", "led to")
ALL = [item for item in vars(references).values() if isinstance(item, Reference)]


def text_of(results: Results) -> str:
    return " ".join(part.text for part in methods.SECTION.block(results).parts if part.kind == "paragraph")


def cited_by(results: Results) -> tuple[str, ...]:
    return methods.SECTION.block(results).parts[-1].items


@pytest.fixture(scope="module")
def planted(results, fabricate, variant, two_arms, no_marker, with_analysis) -> dict[str, Results]:
    own = with_analysis(results.study, {"prior_sets": {"mine": {"base": "reference"}}})
    return {
        "single arm": results,
        "randomised": fabricate(two_arms, ("reference", "literature", "diffuse")),
        "no marker": fabricate(no_marker, ("reference",)),
        "student": fabricate(variant({"ci_prob = 0.95": 'ci_prob = 0.9\nlikelihood = "student_t"'}), ("sceptical",)),
        "own prior": fabricate(own, ("reference", "mine")),
        "observational": fabricate(variant({'design = "single arm"': 'design = "observational"'}), ("reference",)),
    }


def test_words_claim_no_more_than_the_design(planted) -> None:
    for name, results in planted.items():
        text = text_of(results)
        assert not [word for word in FORBIDDEN if word in text.lower()], name
        sentences = re.split(r"(?<=[.;]) ", text)
        assert all("cannot" in sentence for sentence in sentences if "mediat" in sentence)
        assert "Two visits cannot tell which change came first, so mediation was not analysed." in text
        assert "{" not in text
        assert "  " not in text


def test_a_single_arm_is_said_to_have_no_comparison(planted) -> None:
    words = "With one arm and no comparison, changes are described as changes and not put down to the treatment."
    assert words in text_of(planted["single arm"])
    assert words not in text_of(planted["randomised"])
    assert "This was a randomised trial with the arms North, East, South and West (control: North) of 116" in (
        text_of(planted["randomised"])
    )
    assert "This was an observational study of 116 participants" in text_of(planted["observational"])


def test_facts_are_those_of_the_study(planted) -> None:
    for results in planted.values():
        text, study = text_of(results), results.study
        assert f"of {study.data.sizes['participant']} participants" in text
        assert f"\u201c{study.spec.study.treatment}\u201d" in text
        assert "Symptoms were scored on the MADRS, 0 to 60 points (higher is worse)." in text
        assert ("The data are synthetic" in text) == study.spec.study.synthetic
        for model in results.models:
            assert f"{model.name} ({len(results.selections[model.name].used)} participants)" in text
        for name, reason in results.not_fitted.items():
            assert f"{name} was not fitted: it {reason}." in text
        assert f"the seed of the run is {results.manifest['seed']}" in text
        assert f"PyMC {results.manifest['versions']['pymc']}" in text
        assert "Participants were included for a PHQ-9 above 9." in text
        assert "Covariates were age and sex." in text


def test_values_beyond_limits_are_counted(planted) -> None:
    data = planted["single arm"].study.data
    status = data["marker_status"].sel(marker="IL-6").to_numpy().astype(str).ravel()
    beyond, given = int((status == "below").sum() + (status == "above").sum()), int((status != "missing").sum())
    text = text_of(planted["single arm"])
    assert f"IL-6 (pg/mL) was analysed on the natural log scale; {beyond} of {given} values lay beyond a limit" in text
    assert "marker_change took such values as censored; parallel_change and symptom_change left out" in text
    assert "IL-6" not in text_of(planted["no marker"])


def test_fits_are_summed_up(planted) -> None:
    results = planted["randomised"]
    found = results.diagnostics
    text = text_of(results)
    assert "Each fit has 4 chains of 600 draws after 500 of warm-up" in text
    begun = results.manifest["settings"]
    assert (
        f"begins with {begun['draws']} draws a chain and is sampled anew with more, at most {begun['max_draws']}"
        in text
    )
    least = min(min(item.ess_bulk, item.ess_tail) for item in found)
    assert (
        f"Over all {len(found)} fits the largest R-hat of estimands and top-level parameters is "
        f"{max(item.r_hat for item in found):.3f} (bound 1.01)" in text
    )
    assert f"the least effective sample size of the estimands, bulk or tail, {least:,.0f} (bound 1000), and 0" in text
    worse = replace(results, diagnostics=(replace(found[0], draws=1800, divergences=3), *found[1:]))
    assert "4 chains of 600 to 1800 draws" in text_of(worse)
    assert "and 3 transitions diverged" in text_of(worse)
    most = {**results.manifest, "settings": {**begun, "max_draws": begun["draws"]}}
    alone = text_of(replace(results, manifest=most, diagnostics=found[:1]))
    assert f"A fit has {begun['draws']} draws a chain and no more, and is sampled anew with smaller steps" in alone
    assert "In the one fit the largest R-hat" in alone


def test_priors_are_named(planted) -> None:
    assert (
        "Answers are given under the reference prior (weakly informative). Every model was fitted under literature "
        "(published values) and diffuse (next to no information) as well."
    ) in text_of(planted["randomised"])
    assert "under 'mine' (of our own) as well." in text_of(planted["own prior"])
    only = text_of(planted["student"])
    assert "Answers are given under the sceptical prior (small changes likely). No other prior set was fitted." in only


def test_intervals_and_differences_are_those_of_the_study_file(planted, results, plant) -> None:
    text = text_of(planted["single arm"])
    assert "medians with 95% equal-tailed intervals; a direction is named when its probability reaches 0.975." in text
    assert "The mean change of MADRS was called important when it exceeded 3 points in size (\u201cchosen for" in text
    assert "MADRS points\u201d) with a probability of 0.95 (Kruschke 2018)." in text
    assert "90% equal-tailed intervals; a direction is named when its probability reaches 0.95." in (
        text_of(planted["student"])
    )
    without = tuple(replace(row, smallest_important=None) for row in results.estimates)
    assert "No smallest important difference was stated" in text_of(replace(results, estimates=without))


def test_an_important_difference_is_worded_by_its_kind(results: Results) -> None:
    points, slope = "exceeded 2 points in size", "exceeded 2 points per doubling in size"
    for estimand, unit, said in (
        ("symptom_change", "points", f"mean change of MADRS was called important when it {points}"),
        ("arm_difference", "points", f"between arms in the change of MADRS was called important when it {points}"),
        ("prognostic_slope", "points per doubling", f"doubling of baseline IL-6 was called important when it {slope}"),
        ("baseline_slope", "points per doubling", "The difference in baseline MADRS per doubling of baseline IL-6 was"),
        ("geometric_mean_ratio", "ratio", "ratio of IL-6 was called important when it was above 2 or below 1/2"),
        ("change_correlation", "correlation", "of IL-6 and MADRS was called important when it exceeded 2 in size"),
    ):  # fmt: skip
        row = replace(results.estimates[0], estimand=estimand, unit=unit, smallest_important=2.0, reason="why")
        text = " ".join(map(str, statements.decisions(replace(results, estimates=(row,)))))
        assert said in text
        assert "(\u201cwhy\u201d) with a probability of 0.95 (Kruschke 2018)." in text
        assert "difference in difference" not in text.lower()
        assert "A difference in" not in text


def test_one_event_is_in_the_singular(planted) -> None:
    assert "The intercurrent event was \u201cstopped exercising\u201d (treatment policy)." in text_of(
        planted["single arm"]
    )


def test_residuals_are_named_with_their_source(planted) -> None:
    assert "Residuals were Student-t (Ju\u00e1rez and Steel 2010)." in text_of(planted["student"])
    assert "Residuals were normal." in text_of(planted["single arm"])


def test_a_run_not_to_be_reported_says_so(fabricate, study) -> None:
    text = text_of(fabricate(study, ("reference",), spoil="symptom_change"))
    assert "the verdict on the run is: not to be reported." in text


@pytest.fixture(scope="module")
def with_own(results: Results) -> Results:
    """The run with `symptom_change` in the place of a model that the report has no sentences for."""
    models = tuple(
        replace(model, name="falls", question="Who fell?") if model.name == "symptom_change" else model
        for model in results.models
    )
    selections = {"falls" if name == "symptom_change" else name: own for name, own in results.selections.items()}
    return replace(results, models=models, selections=selections)


def only_own(results: Results) -> Results:
    return replace(results, models=tuple(model for model in results.models if model.name == "falls"))


def test_nothing_is_claimed_of_an_own_model_but_its_question(with_own: Results) -> None:
    text = text_of(with_own)
    assert re.search(r"falls \(\d+ participants\), a model of our own, asked: Who fell\?", text)
    told = "marker_change and parallel_change"
    assert f"{told} leave out participants without the values they need" in text
    assert f"Covariates of {told} were age and sex." in text
    assert f"were partially pooled in {told}." in text
    assert f"Residuals of {told} were normal." in text
    assert "parallel_change left out participants with one among their predictors" in text
    assert "falls left out participants because of such values." in text
    alone = text_of(only_own(with_own))
    for word in ("Residuals", "Covariates", "partially pooled", "ANCOVA", "predictor", "at random", "as censored"):
        assert word not in alone, word


def test_other_sections_claim_no_more_of_an_own_model(results: Results, with_own: Results) -> None:
    def said(section: Section, of: Results) -> str:
        return " ".join(
            " ".join(part.items) if part.kind == "points" else part.text
            for part in section.block(of).parts
            if part.kind in ("points", "paragraph")
        )

    assert "Residuals of marker_change and parallel_change are normal in this run." in said(models.SECTION, with_own)
    alone = only_own(with_own)
    assert "Residuals" not in said(models.SECTION, alone)
    assert "missing at random" not in said(limits.SECTION, alone)
    assert "What falls takes for granted stands with its formula" in said(limits.SECTION, alone)
    beside = said(limits.SECTION, with_own)
    assert "the values needed are left out by marker_change and parallel_change, as missing at random." in beside
    assert "takes for granted stands with its formula" not in said(limits.SECTION, results)
    assert on_models.likelihood(with_own).text.endswith("normal residuals of marker_change and parallel_change.")
    assert on_models.likelihood(alone).text == "Every model in formula."
    assert on_models.hierarchy(with_own).text.endswith("partially pooled in marker_change and parallel_change.")
    assert on_models.hierarchy(alone).text == "As the formula of falls has them."


def test_a_prior_set_that_a_model_lacks_is_not_said_of_it(planted) -> None:
    results = planted["randomised"]
    fits = {key: fit for key, fit in results.fits.items() if key != ("symptom_change", "diffuse")}
    assert "Models with such a set were fitted under literature" in text_of(replace(results, fits=fits))


def test_of_twice_the_draws_means_and_ends_are_told(results) -> None:
    row = Doubling(
        model="symptom_change", prior="reference", estimand="symptom_change", form="ancova", marker=None,
        group="overall", draws=600, draws_doubled=1200, mean=-9.0, mean_doubled=-9.01, sd=0.8, relative_change=-0.0011,
        mean_shift=-0.0125, lower_shift=-0.486, upper_shift=0.0006, mcse=0.02, r_hat=1.001,
    )  # fmt: skip
    assert (
        "symptom_change was sampled again with 1200 draws a chain: posterior means moved by at most 1.2% of a "
        "posterior standard deviation, ends of intervals by at most 48.6%"
    ) in text_of(replace(results, doubled=(row, replace(row, lower_shift=0.1))))


def test_every_model_that_ships_has_its_sentences() -> None:
    assert set(DESCRIBED) == set(available()), "write the sentence of its methods in reports/statements.py, add it here"


def test_every_paper_cited_is_listed_and_no_other(planted) -> None:
    for results in planted.values():
        text, listed = text_of(results), cited_by(results)
        for reference in ALL:
            assert (reference.short in text) == (str(reference) in listed), reference.short


def test_references_have_identifiers() -> None:
    assert len(ALL) > 12
    assert len({item.doi for item in ALL}) == len(ALL)
    for item in ALL:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", item.doi)
        (year,) = re.findall(r"\((\d{4})\)", item.full)
        assert item.short.endswith(year)
        assert item.full.startswith(item.short.split()[0] if item.short[0].isupper() else "van")


def test_a_citation_stands_before_the_full_stop() -> None:
    two = (references.LOO, references.R_HAT)
    assert str(Statement("So it was.", two)) == "So it was (Vehtari et al. 2017; Vehtari et al. 2021)."
    assert str(Statement("So it was.")) == "So it was."


def test_one_model_needs_its_values_in_the_singular() -> None:
    some = "out participants without the values"
    assert leaving_out(["symptom_change"], "The models") == (
        f"symptom_change leaves {some} it needs, as missing at random."
    )
    assert leaving_out(["a", "b"], "The models") == f"The models leave {some} they need, as missing at random."
