"""Answers about priors and how far the results depend on them."""

from collections.abc import Mapping, Sequence

from cochange.inference.estimates import Estimate
from cochange.inference.prior_words import UNSAID
from cochange.inference.results import Results
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import NAMES, ParameterNote, PriorsLike, families, notes
from cochange.reports.checklists import places
from cochange.reports.checklists.answer import Answer, answered, missing
from cochange.reports.entering import absent_from
from cochange.reports.labels import is_main, quantity_of, quoted
from cochange.reports.needs import failed
from cochange.reports.numbers import prior_sd_tells, significant
from cochange.reports.primary import main_of_all
from cochange.reports.sensitivity import MOVED, disagreement, implied_beside, moved_by, moved_furthest
from cochange.reports.set_words import kept_by_diffuse

DEFAULT, INFORMED, BROAD = "reference", "literature", "diffuse"


def specified(results: Results) -> Answer:
    """Every prior in full."""
    return answered(places.PRIORS, results, f"{_named(_sets(results))}, every parameter in the units of the study.")


def justified(results: Results) -> Answer:
    """Why these priors: sources, or the convention of a shipped set."""
    unsaid = [
        f"{model}.{parameter} of {quoted(name)}"
        for model, entering in _entering(results).items()
        for name, priors in results.priors[model].items()
        for parameter, family in families(priors).items()
        if family.source == UNSAID and parameter in entering
    ]
    if unsaid:
        return missing(f'Give source = "..." with the values of {"; ".join(unsaid)} in the study file.')
    return answered(
        places.PRIORS, results, "Published sources where values have one; the others follow the stated rule of the set."
    )


def understood(results: Results) -> Answer:
    """What the priors say of the quantities of interest."""
    return answered(places.IMPLIED, results, "The prior that each set implies for each estimand.")


def prior_predictive(results: Results) -> Answer:
    """Data drawn from the priors."""
    drawn = any("prior_predictive" in fit.tree.children for fit in results.fits.values())
    if results.fits and not drawn:
        return missing("No data drawn from the priors were stored with the fits: run the study again.")
    return answered(
        places.PRIOR_PREDICTIVE, results, "Data drawn from every prior set, with the share of impossible scores."
    )


def sensitivity(results: Results) -> Answer:
    """Estimates under several prior sets."""
    sets = _settled(results)
    if len(sets) < 2:
        return missing(f"Fit further prior sets: {_command([DEFAULT, INFORMED, BROAD])}.")
    return answered(places.ALL_ESTIMATES, results, f"Every estimate under {_named(sets)}.")


def broad_informed_default(results: Results) -> Answer:
    """Estimates under broad, informed and default priors."""
    if lacking := _lacking(results):
        return missing(lacking)
    return answered(places.ALL_ESTIMATES, results, _roles(results))


def decisions_by_prior(results: Results) -> Answer:
    """Decisions under broad, informed and default priors."""
    if lacking := _lacking(results):
        return missing(lacking)
    depends = _depending(results)
    said = f"They differ for {'; '.join(depends)}." if depends else "Every decision is the same under each."
    return answered(places.ANSWERS, results, f"{_roles(results)} {said}")


def non_informative(results: Results) -> Answer:
    """A comparison with priors that say next to nothing."""
    if BROAD not in _settled(results):
        return missing(f"Fit the {BROAD} set: {_command([*_sets(results), BROAD])}.")
    said = f"Every estimate under the {BROAD} set, beside the others."
    if kept := kept_by_diffuse(results):
        said += f" It keeps the priors of {DEFAULT} for {kept}: of these nothing is compared."
    return answered(places.ALL_ESTIMATES, results, said)


def spreads(results: Results) -> Answer:
    """Other priors of standard deviations and correlations."""
    settled = _settled(results)
    tried = [
        f"{model}.{parameter}"
        for model, entering in _entering(results).items()
        for parameter, note in entering.items()
        if _is_spread(parameter, note) and len(_values(parameter, results.priors[model], settled)) > 1
    ]
    if not tried:
        return missing(
            "No two sets fitted differ in the prior of a parameter that is a standard deviation or a correlation. "
            f"{_command([*_sets(results), BROAD])} gives two that do, or give a set of your own under "
            "[analysis.prior_sets]."
        )
    return answered(places.PRIORS, results, f"Sets differ in the prior of {', '.join(tried)}.")


def conflict(results: Results) -> Answer:
    """Whether prior and data disagree, and what other priors give."""
    if len(_settled(results)) < 2:
        return missing(f"Fit an alternative prior: {_command([DEFAULT, INFORMED, BROAD])}.")
    rows = [row for row in results.estimates if is_main(row, results.study) and row.prior in _settled(results)]
    apart = [row for row in rows if disagreement([row])]
    said = "None of them lies wholly outside its prior's interval, which takes a gross conflict."
    if apart:
        named = dict.fromkeys(f"{quantity_of(row, results.study)} under {quoted(row.prior)}" for row in apart)
        said = f"Wholly outside its prior's interval: {'; '.join(named)}."
    return answered(
        places.ANSWERS,
        results,
        f"{len(rows)} posterior intervals are set against their priors'. {said} {_moved(results)} cochange "
        "compare-priors scales the prior and the likelihood by powers, which tells a conflict from a strong prior.",
    )


def _moved(results: Results) -> str:
    """Which estimates another prior set moves by half a posterior SD or more, each under the one that does so most."""
    main = [item for item in main_of_all(results) if item.settled]
    named = [
        f"{quantity_of(row, results.study)} ({row.model}): {significant(moved_by(row, other), 2)} under "
        f"{quoted(other.prior)}, whose implied prior is {implied_beside(row, other)}"
        for row, other in moved_furthest(main, results)
    ]
    told = f"{len(named)} of {len(main)} estimates move by {MOVED:g} posterior SDs or more"
    said = f"From the {results.main_prior} set to the one that moves each furthest {told}"
    return f"{said}: {'; '.join(named)}." if named else f"{said}."


def worth(results: Results) -> Answer:
    """How many participants the main prior is worth, where prior and posterior are near normal: estimates in points.

    With precisions adding up, the prior's is to the data's as its worth is to the participants used.
    """
    decisions = [
        item
        for item in results.decisions
        for row in [item.estimate]
        if row.prior == results.main_prior
        and is_main(row, results.study)
        and row.unit.startswith("points")
        and row.null is not None
        and prior_sd_tells(row)
    ]
    warnings = [failed(results, name) for name in dict.fromkeys(item.estimate.model for item in decisions)]
    warned = " ".join(text for text in warnings if text)
    rows = [item.estimate for item in decisions if item.settled]
    if not rows:
        lack = f"No {'other ' if warned else ''}estimate in points is there to compare precisions"
        return missing(f"{warned} {lack}: give the worth of the prior yourself.".lstrip())
    said = "; ".join(f"{quantity_of(row, results.study)} ({row.model}): {_worth(row, results)}" for row in rows)
    return answered(
        places.IMPLIED,
        results,
        f"Of the {results.main_prior} set, in participants, by precisions: {said}. {warned}".rstrip(),
    )


def _worth(row: Estimate, results: Results) -> str:
    used = len(results.selections[row.model].used)
    prior = 1 / row.prior_sd**2
    data = 1 / row.sd**2 - prior
    # Where the prior outweighs the data their precision is the small difference of two large ones.
    if data <= prior:
        return f"more than the {used} of the study"
    return f"{significant(used * prior / data, 2)} beside {used}"


def _sets(results: Results) -> list[str]:
    return list(dict.fromkeys(name for sets in results.priors.values() for name in sets))


def _settled(results: Results) -> list[str]:
    """Prior sets under which every model was fitted and may be reported."""
    failed = {item.prior for item in results.diagnostics if item.status == "do not report"}
    return [
        name
        for name in _sets(results)
        if name not in failed and all((model.name, name) in results.fits for model in results.models)
    ]


def _lacking(results: Results) -> str:
    settled = _settled(results)
    informed = any(name == INFORMED or name not in NAMES for name in settled)
    roles = {
        "default": (DEFAULT, DEFAULT in settled),
        "informed": (INFORMED, informed),
        "broad": (BROAD, BROAD in settled),
    }
    lacking = {role: name for role, (name, there) in roles.items() if not there}
    if not lacking:
        return ""
    wanted = list(dict.fromkeys([*_sets(results), *lacking.values()]))
    return f"No reportable fit of every model under a prior that is {' or '.join(lacking)}: {_command(wanted)}."


def _roles(results: Results) -> str:
    informed = [name for name in _settled(results) if name == INFORMED or name not in NAMES]
    return f"Broad: {BROAD}; informed: {_named(informed)}; default: {DEFAULT}."


def _depending(results: Results) -> list[str]:
    """Main quantities whose direction or importance is not the same under every reportable prior set."""
    settled = _settled(results)
    found: dict[str, set[tuple[str, str]]] = {}
    for item in results.decisions:
        row = item.estimate
        if is_main(row, results.study) and row.prior in settled:
            name = f"{quantity_of(row, results.study)} ({row.model})"
            found.setdefault(name, set()).add((item.direction, item.importance))
    return [name for name, decisions in found.items() if len(decisions) > 1]


def _entering(results: Results) -> Mapping[str, Mapping[str, ParameterNote]]:
    """The parameters that enter, by model, with what they are."""
    found = {}
    for model in results.models:
        absent = absent_from(model, results)
        noted = notes(next(iter(results.priors[model.name].values())))
        found[model.name] = {parameter: note for parameter, note in noted.items() if parameter not in absent}
    return found


def _is_spread(parameter: str, note: ParameterNote) -> bool:
    named = "sigma" in parameter or parameter.endswith(("_sd", "_z", "spread", "reliability", "partial_share"))
    return named or "standard deviation" in note.meaning or "correlation" in note.meaning


def _values(parameter: str, sets: Mapping[str, PriorsLike], names: Sequence[str]) -> set[tuple[object, ...]]:
    """The different priors of a parameter under some sets."""
    found: list[Family] = [families(sets[name])[parameter] for name in sets if name in names]
    return {(type(family).__name__, *sorted(family.values().items())) for family in found}


def _named(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _command(sets: Sequence[str]) -> str:
    return f"cochange run STUDY.toml --out DIR {' '.join(f'--prior {name}' for name in dict.fromkeys(sets))}"
