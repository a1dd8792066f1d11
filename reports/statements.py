"""How the study was analysed, as sentences of a methods section, made from the study file, the models and the run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cochange.data.study import Study
from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.inference.settings import ESS_MIN, R_HAT_MAX
from cochange.models.parts.growth.course import course_of
from cochange.models.parts.growth.frame import outcomes_of
from cochange.models.parts.repeated.frame import options_of
from cochange.models.parts.visits import visits_of
from cochange.reports import references
from cochange.reports.labels import (
    GROWTH,
    JOINT,
    REPEATED,
    VERDICTS,
    described,
    in_a_sentence,
    is_compared,
    listed,
    marker_of,
    prior_name,
    quoted,
    rule_of,
    scale_of,
    title_of,
    unit_of,
    visit_name,
    whose,
)
from cochange.reports.left_out import leaving_out, selected
from cochange.reports.missing_sentences import events_named, own_words, scenarios_compared, tipping_analysis
from cochange.reports.numbers import fixed, interval_name, share
from cochange.reports.primary import in_methods
from cochange.reports.references import Reference
from cochange.reports.sentences import counts_scores, residuals
from cochange.reports.set_words import character
from cochange.reports.visits_used import beyond_limits, takes_marker, visits_in_words

# Slopes whose title is a level of the score, per doubling of the marker.
LEVELS = ("baseline_slope", "within_slope")


@dataclass(frozen=True)
class Statement:
    """A sentence of the methods and the papers it cites."""

    text: str
    cites: tuple[Reference, ...] = ()

    def __str__(self) -> str:
        if not self.cites:
            return self.text
        return f"{self.text.removesuffix('.')} ({'; '.join(item.short for item in self.cites)})."


def design(results: Results) -> Iterator[Statement]:
    """Who was studied, how, and what was measured."""
    study = results.study
    spec, number = study.spec, study.data.sizes["participant"]
    if spec.study.synthetic:
        yield Statement("The data are synthetic: they were simulated, and no person in them exists.")
    yield Statement(f"{_kind(study)} of {number} participants; the treatment was {own_words(spec.study.treatment)}.")
    if population := spec.estimand.population or spec.study.population:
        yield Statement(f"The results speak of {own_words(population)}.")
    if spec.inclusion is not None:
        rule = f"Participants were included for a {rule_of(study)}."
        modelled = any(row.estimand == "regression_to_mean" for row in results.estimates)
        yield Statement(
            f"{rule} What regression to the mean alone would give was estimated." if modelled else rule,
            (references.TO_THE_MEAN,) if modelled else (),
        )
    yield from _measured(study, results)
    if study.has_two_visits:
        yield Statement(visits_in_words(results))
    if spec.study.design == "single arm" and study.has_two_visits:
        yield Statement(
            "With one arm and no comparison, changes are described as changes and not put down to the treatment."
        )
    if len(spec.data.visits) == 2:
        yield Statement("Two visits cannot tell which change came first, so mediation was not analysed.")
    yield Statement(events_named(spec.estimand.intercurrent_events))
    if said := scenarios_compared(results):
        yield Statement(said)
        yield Statement(
            "Estimates under them are by standardised expectation and by Bayesian imputation with Rubin's rules.",
            (references.REFERENCE_BASED, references.ANCHORED),
        )
    for said in tipping_analysis(results.surfaces, study):
        yield Statement(said)


def _kind(study: Study) -> str:
    kind = {
        "single arm": "This was a single-arm study",
        "randomised": "This was a randomised trial",
        "observational": "This was an observational study",
        "cross-sectional": "This was a cross-sectional study",
    }[study.spec.study.design]
    if "arm" not in study.data.coords:
        return kind
    arms = [str(arm) for arm in study.data["arm"].attrs["levels"]]
    return f"{kind} with the arms {listed(arms)} (control: {arms[0]})"


def _measured(study: Study, results: Results) -> Iterator[Statement]:
    any_beyond = False
    for marker in study.spec.marker:
        analysed = f"{marker.name} ({marker.analysed_unit}) was analysed on the natural log scale"
        told = beyond_limits(results, marker.name)
        any_beyond |= bool(told)
        yield Statement(f"{analysed}; {told}." if told else f"{analysed}.")
    if any_beyond:
        yield from _censored(results)
    scale = study.scale
    if scale is not None:
        yield Statement(
            f"Symptoms were scored on the {scale.name}, {scale.lower:g} to {scale.upper:g} points ({scale.direction})."
        )
        if any(row.estimand == "response_probability" for row in results.estimates):
            remission = f", remission a score at or under {scale.remission:g}" if scale.remission is not None else ""
            yield Statement(f"Response was a change to the better by {100 * scale.response:g}% or more{remission}.")


def _censored(results: Results) -> Iterator[Statement]:
    names = [model.name for model in results.models]
    taking = [
        name
        for name in (JOINT, REPEATED, GROWTH, "marker_change")
        if name in names and takes_marker(name, results.study)
    ]
    leaving = [
        name
        for name in names
        if any("limit of detection" in reason for reason in results.selections[name].left_out.values())
    ]
    said = [f"{listed(taking)} took such values as censored"] if taking else []
    if regressions := described(leaving):
        said += [f"{listed(regressions)} left out participants with one among their predictors"]
    if said:
        yield Statement(f"{'; '.join(said)}.", (references.CENSORING,))
    if others := [name for name in leaving if name not in regressions]:
        yield Statement(f"{listed(others)} left out participants because of such values.")


def models(results: Results) -> Iterator[Statement]:
    """Why Bayesian, and which models were fitted to whom."""
    yield Statement(
        "The analysis is Bayesian, so that what was assumed beforehand is stated as a prior, values that were not "
        "observed are part of the model, and each answer has a probability."
    )
    for model in results.models:
        yield _of_model(model.name, model.question, results)
    if said := in_methods(results):
        yield Statement(said)
    yield from _in_common(results)
    for name, reason in results.not_fitted.items():
        yield Statement(f"{name} was not fitted: it {reason}.")


def _in_common(results: Results) -> Iterator[Statement]:
    """What the models that ship have in common; nothing of it is known of any other."""
    study = results.study
    fitted = [model.name for model in results.models]
    told = described(fitted)
    if fitted and not told:
        return
    if usual := [name for name in told if name not in (JOINT, REPEATED, GROWTH)]:
        others = "The other models" if len(usual) < len(told) else "The models"
        yield Statement(leaving_out(usual, listed(usual) if whose(fitted) else others))
        if said := selected(usual, results):
            yield Statement(said)
    if is_compared(study):
        yield Statement("Arms were compared by the difference of their changes from the control's.")
    spec = study.spec
    if (names := [*spec.covariates.numeric, *spec.covariates.categorical]) and fitted:
        yield Statement(f"Covariates{whose(fitted)} were {listed(names)}.")
    pooled = [table.column for table in (spec.groups, spec.sites) if table is not None]
    if pooled:
        within = whose(fitted, " in")
        yield Statement(f"Differences between the levels of {listed(pooled)} were partially pooled{within}.")
    yield Statement(
        f"Residuals{whose(fitted)} were {residuals(study)}.",
        (references.STUDENT_T,) if spec.analysis.likelihood == "student_t" else (),
    )


def _of_model(name: str, question: str, results: Results) -> Statement:
    study, number = results.study, len(results.selections[name].used)
    marker, scale = marker_of(study), scale_of(study)
    used = f"({number} participants)"
    if not described([name]):
        return Statement(f"{name} {used}, a model of our own, asked: {question}")
    if name == JOINT:
        scores = "observed scores were taken as true"
        if study.spec.analysis.measurement == "on":
            scores = "true scores and errors of measurement were told apart by priors on their reliabilities"
        benefit = ""
        if study.spec.analysis.benefit_by_marker:
            benefit = f"; the slope of the change of {scale} on the true baseline marker was let differ between arms"
        apart = ""
        if study.spec.arms is not None and not is_compared(study):
            apart = "; arms, which were not randomised, were let differ at baseline too"
        return Statement(
            f"{name} {used} is a latent change score model of markers and score at both visits, fitted to everyone "
            f"with any outcome; {scores}, and missing values were taken to be missing at random{benefit}{apart}.",
            (references.LATENT_CHANGE,),
        )
    if name == GROWTH:
        return _of_growth(used, study)
    if name == REPEATED:
        return _of_repeated(used, study)
    if name == "marker_change":
        return Statement(f"{name} {used} is a bivariate model of the log of {marker} at both visits.")
    if name == "parallel_change":
        return Statement(
            f"{name} {used} regressed the change of {scale} on the change of {marker}, given both baselines, and "
            "estimated the raw correlation of the changes apart."
        )
    on = f" on baseline {marker}" if study.marker is not None else ""
    if counts_scores(name, study):
        after = visit_name(study.follow_up, study)
        return Statement(f"{name} {used} is a beta-binomial regression of the {scale} at {after}{on}.")
    return Statement(
        f"{name} {used} regressed the change of {scale}{on}, as a change score and given the baseline score (ANCOVA).",
        (references.CHANGE_SCORE,),
    )


def _of_growth(used: str, study: Study) -> Statement:
    """The growth model with its course and the outcomes it takes."""
    course, outcomes = course_of(study), outcomes_of(study)
    names = {"marker": f"the log of {marker_of(study)}", "score": scale_of(study)}
    knots = listed([f"{knot:g}" for knot in course.knots]) if course.knots else ""
    shape = {
        "linear": f"linear over time in {course.unit}",
        "log": f"linear over log2(1 + time since baseline in {course.unit})",
        "piecewise": f"piecewise linear over time, with knots at {knots} {course.unit}",
    }[course.kind]
    times = "each participant's own times of visits" if "day" in study.data else "the planned times of visits"
    apart = "; residuals of marker and score at a visit were correlated apart from these" if len(outcomes) > 1 else ""
    return Statement(
        f"{GROWTH} {used} is a growth model of {listed([names[each] for each in outcomes])}, {shape}, at {times}, "
        f"with correlated levels and slopes of each participant{apart}; missing values were taken to be missing at "
        "random.",
        (references.GROWTH,),
    )


def _of_repeated(used: str, study: Study) -> Statement:
    """The model of repeated measures with the options it was fitted with."""
    options = options_of(study)
    names = {"marker": f"the log of {marker_of(study)}", "score": scale_of(study)}
    visits = [visit_name(visit, study) for visit in visits_of(study)]
    baseline = "given as covariates"
    if options.baseline == "constrained":
        baseline = "outcomes" if study.spec.arms is None else "outcomes with the same mean in every arm"
    structure = {"ar1": "AR(1)", "toeplitz": "Toeplitz"}.get(options.covariance, options.covariance)
    arms = " in each arm" if options.by_arm else ""
    together = " crossed with the correlation of the two outcomes" if structure != "unstructured" else ""
    together *= len(options.kinds) > 1
    outcomes = listed([names[kind] for kind in options.kinds])
    return Statement(
        f"{REPEATED} {used} is a mixed model for repeated measures of {outcomes} at {listed(visits)}, visits as "
        f"categories, with the arms' effects at each visit where there are arms; baselines were {baseline}, the "
        f"covariance over the visits {structure}{together}{arms}, and missing values were taken to be missing at "
        "random.",
        (references.REPEATED, *((references.CONSTRAINED,) if "same mean" in baseline else ())),
    )


def priors(results: Results) -> Iterator[Statement]:
    """Which prior sets were used."""
    names = list(dict.fromkeys(prior for _, prior in results.fits))
    if not names:
        return
    main, others = names[0], names[1:]
    of_main = character(main, results)
    yield Statement(f"Answers are given under {prior_name(main)}{f' ({of_main})' if of_main else ''}.")
    if others:
        everywhere = all((model.name, name) in results.fits for model in results.models for name in others)
        which = "Every model was" if everywhere else "Models with such a set were"
        if len(results.models) == 1:
            which = f"{results.models[0].name} was"
        told = [f"{quoted(name)} ({character(name, results, own='of our own')})" for name in others]
        yield Statement(f"{which} fitted under {listed(told)} as well.")
    else:
        yield Statement("No other prior set was fitted.")


def computation(results: Results) -> Iterator[Statement]:
    """How the posterior was drawn and judged."""
    found, versions = results.diagnostics, results.manifest.get("versions", {})
    if not found:
        return
    software = ", ".join(f"{name} {versions[key]}" for name, key in _SOFTWARE.items() if key in versions)
    yield Statement(f"Posteriors were drawn by the no-U-turn sampler ({software}).", (references.NUTS, references.PYMC))
    chains, tune, draws = ({getattr(item, name) for item in found} for name in ("chains", "tune", "draws"))
    yield Statement(
        f"Each fit has {_span(chains)} chains of {_span(draws)} draws after {_span(tune)} of warm-up; the seed of the "
        f"run is {results.manifest['seed']}."
    )
    settings = results.manifest["settings"]
    draws, most = settings["draws"], settings["max_draws"]
    begun = f"A fit begins with {draws} draws a chain and is sampled anew with"
    more = f" more, at most {most}, where an R-hat or an effective sample size misses its bound, and with"
    if draws >= most:
        begun, more = f"A fit has {draws} draws a chain and no more, and is sampled anew with", ""
    yield Statement(f"{begun}{more} smaller steps where transitions diverge.")
    over = f"Over all {len(found)} fits" if len(found) > 1 else "In the one fit"
    sizes = min(min(item.ess_bulk, item.ess_tail) for item in found)
    diverged = sum(item.divergences for item in found)
    yield Statement(
        f"{over} the largest R-hat of estimands and top-level parameters is "
        f"{fixed(max(item.r_hat for item in found), 3)} (bound {R_HAT_MAX:g}), the least effective sample size of the "
        f"estimands, bulk or tail, {fixed(sizes, 0)} (bound {ESS_MIN:g}), and {diverged} transitions diverged.",
        (references.R_HAT, references.ARVIZ),
    )
    if results.verdict.status != "report":
        yield Statement(
            f"By these bounds and by the data the verdict on the run is: {VERDICTS[results.verdict.status]}."
        )
    if rows := results.doubled:
        moved, ends = max(abs(row.mean_shift) for row in rows), max(row.ends_shift for row in rows)
        yield Statement(
            f"{rows[0].model} was sampled again with {rows[0].draws_doubled} draws a chain: posterior means moved by "
            f"at most {share(moved)} of a posterior standard deviation, ends of intervals by at most {share(ends)}.",
            (references.WAMBS,),
        )
    yield from _checks(results)


_SOFTWARE = {"cochange": "cochange", "PyMC": "pymc", "nutpie": "nutpie"}


def _checks(results: Results) -> Iterator[Statement]:
    if any("posterior_predictive" in fit.tree.children for fit in results.fits.values()):
        yield Statement("Data replicated by each model were compared with the data.", (references.CHECKS,))
    if results.no_change:
        yield Statement("The usual statistics were set beside those of data sets in which no true score had changed.")
    if results.comparison:
        forms = Counter(row.model for row in results.comparison)
        compared = [f"{number} forms of {name}" for name, number in forms.items() if number > 1]
        several = f"; {listed(compared)} were compared, with stacking weights" if compared else ""
        yield Statement(
            f"Prediction was judged by leave-one-out cross-validation{several}.",
            (references.LOO, references.STACKING) if several else (references.LOO,),
        )


def decisions(results: Results) -> Iterator[Statement]:
    """How estimates are summarised, and when something is said."""
    analysis = results.study.spec.analysis
    mass = analysis.ci_prob
    yield Statement(
        f"Estimates are posterior medians with {interval_name(analysis)}s; a direction is "
        f"named when its probability reaches {(1 + mass) / 2:g}."
    )
    asked = {row.estimand: row for row in results.estimates if row.smallest_important is not None}
    for name, row in asked.items():
        title = in_a_sentence(title_of(name, results.study, meaning=row.meaning))
        of = "difference in " if name in LEVELS else ""
        yield Statement(
            f"The {of}{title} was called important when it {_beyond(row)} ({own_words(row.reason)}) with a probability "
            f"of {mass:g}.",
            (references.ROPE,),
        )
    if not asked:
        yield Statement("No smallest important difference was stated, and nothing is said of importance.")
    yield Statement(
        "What is reported was checked against the Bayesian analysis reporting guidelines.", (references.BARG,)
    )


def _beyond(row: Estimate) -> str:
    value = f"{row.smallest_important:g}"
    if row.unit == "ratio":
        return f"was above {value} or below 1/{value}"
    return f"exceeded {f'{value} {unit_of(row)}'.strip()} in size"


def _span(numbers: set[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low}" if low == high else f"{low} to {high}"
