"""What the design and the models of this run cannot show."""

from collections.abc import Iterator

from cochange.inference.results import Results
from cochange.reports.block import Block, Points, Section
from cochange.reports.labels import (
    EACH_MARKER,
    GROWTH,
    JOINT,
    REGRESSION,
    REPEATED,
    described,
    is_compared,
    listed,
    marker_of,
    rule_of,
    scale_of,
    title_of,
)
from cochange.reports.left_out import beyond_limit, leaving_out, selected, without_follow_up, without_value
from cochange.reports.sentences import residuals
from cochange.reports.two_visits import no_order

REGRESSIONS = ("symptom_change", "parallel_change")
# Selection by a value from before randomisation leaves the arms alike; selection by one from after it need not.
AMONG_THEM = (
    "That value is from before randomisation, so that leaving out by it keeps the arms as randomised among those "
    "participants."
)
OF_THE_SEEN = (
    "Whether a score is there can depend on the arm: its comparison of arms is of those with one, who are no longer as "
    "randomised, and speaks for everyone only as far as the rest is missing at random given what it adjusts for."
)


def render(results: Results) -> Block:
    """One statement for each limit that applies to this study."""
    return Block((Points((*_of_design(results), *_of_models(results), *_of_settings(results))),))


def _of_design(results: Results) -> Iterator[str]:
    study = results.study
    scale, design = scale_of(study), study.spec.study.design
    if design == "single arm":
        yield (
            "One arm, no comparison. A change between the visits is a change, whatever its cause: treatment, natural "
            "course, regression to the mean, other treatments and expectation cannot be told apart. It does not show "
            "what the treatment does."
        )
    if design == "observational":
        yield "Nobody was randomised. Differences between groups can come from whatever else sets them apart."
    if design == "randomised":
        yield (
            "Randomisation compares the arms. It does not reach associations within them: that a change of the marker "
            "goes with a change of the score, or that a baseline value goes with it, is an association."
        )
    if design == "cross-sectional" or not study.has_two_visits:
        yield "One visit shows no change."
    if study.spec.inclusion is not None:
        yield (
            f"Participants were included for a {rule_of(study)}. People chosen for a high score "
            "tend to score lower when asked again, without any change (regression to the mean). Part of a change "
            f"of {scale} is to be expected from that alone. {_separates(results)}"
        )
    if said := no_order(results):
        yield said


def _separates(results: Results) -> str:
    if any(row.estimand == REGRESSION for row in results.estimates):
        return f"{JOINT} says how much, of errors at baseline alone; the usual analyses do not separate it."
    if results.fitted(JOINT):
        return "With observed scores taken as true, no model here separates it."
    return "These models do not separate it."


def _of_models(results: Results) -> Iterator[str]:
    names = {model.name for model in results.models}
    marker, scale = marker_of(results.study), scale_of(results.study)
    if names & set(REGRESSIONS):
        yield (
            f"The regressions take observed values. Measurement error of {marker} and {scale} draws "
            "correlations, and the slope on the value that has it, towards zero (attenuation), and can move the other "
            "slopes either way; error that a baseline shares with its own change ties the two together without any "
            "true relation (mathematical coupling)."
        )
    if "parallel_change" in names:
        pooled = (
            " It is of all arms pooled: arms that differ on both outcomes make the changes go together with no other "
            "association between them; the slope is given the arm."
        )
        yield (
            "The raw correlation of the changes carries regression to the mean of both; the slope given both baselines "
            "is the one to read. With a baseline association alone the raw correlation is not zero."
            f"{pooled if results.study.spec.arms is not None else ''}"
        )
    for name in (name for name in REGRESSIONS if name in names):
        yield from _of_whom(name, results)
    if JOINT in names:
        yield " ".join(_of_joint(results))
    if REPEATED in names:
        yield (
            f"{REPEATED} takes what is missing to be missing at random given what was observed of the participant, and "
            "observed values as they stand: measurement error draws its correlations towards zero. Visits are "
            "categories, so that nothing is said of the time between them."
        )
    if results.under_scenarios:
        yield (
            "Nothing observed tells which scenario for those who left is true. What they change in the answers says "
            "how far these rest on missing at random, not whether it holds."
        )
    if GROWTH in names:
        yield (
            f"{GROWTH} takes what is missing to be missing at random given what was observed of the participant, every "
            "person's course to have the shape stated, and values to deviate from it independently at each visit: a "
            "deviation that lasts from one visit to the next counts as part of the course. Slopes that go together "
            "do not show which of marker and score leads."
        )
    told = set(described(names))
    usual = sorted(told - {JOINT, REPEATED, GROWTH})
    apart = selected(usual, results)
    if usual and told < names:
        said = f"Participants without the values needed are left out by {listed(usual)}, as missing at random."
        yield f"{said} {apart}".rstrip()
    elif usual:
        which = "The other" if len(usual) < len(told) else "These"
        yield f"{leaving_out(usual, f'{which} models')} {apart}".rstrip()
    if others := sorted(names - told):
        yield f"What {listed(others)} takes for granted stands with its formula, and nowhere else in this report."


def _of_joint(results: Results) -> Iterator[str]:
    """What the joint model takes for granted."""
    spec = results.study.spec
    shape = residuals(results.study)
    yield (
        f"{JOINT} takes what is missing to be missing at random given what was observed of the participant: it is "
        "biased where people stay away for reasons that nothing observed tells of, and so is every other model here."
    )
    if spec.arms is not None and not is_compared(results.study):
        yield (
            "Arms were not randomised: it compares their changes, each from baselines of its own. Between people of "
            "different arms with the same baselines the difference can be another if arms lie apart before treatment "
            "(Lord's paradox), and the data do not say which is that of the treatments."
        )
    if spec.analysis.measurement == "off":
        yield f"It takes observed scores as true, and their distribution as {shape}: its slopes are drawn towards zero."
        return
    yield (
        f"It takes true scores and errors as {shape}, errors as of the same size at both visits, and has priors of "
        "reliabilities: with one sample a visit these have a say in how far slopes of true scores lie from those of "
        "observed ones."
    )
    if len(spec.marker) > 1:
        yield "Errors of several markers at a visit are taken to be related through the score's error alone."
    if spec.inclusion is not None and not spec.inclusion_on_baseline:
        yield "The screening score is taken to share a part of the baseline score's error; the data hardly tell which."


def _of_whom(name: str, results: Results) -> Iterator[str]:
    """Says whom the estimates of a regression speak of: it leaves out participants for their marker and score."""
    study = results.study
    marker, visits = marker_of(study), "at either visit" if name == "parallel_change" else "at baseline"
    censored, lacking = beyond_limit(name, results), without_value(name, marker, results)
    compares = is_compared(study) and name != "parallel_change"
    if censored + lacking:
        counted = [f"{censored} with a value beyond a limit of detection (of no known size as a predictor)"] * (
            censored > 0
        )
        counted += [f"{lacking} without a value"] * (lacking > 0)
        said = (
            f"{name} leaves out {_participants(censored + lacking)} for {marker} {visits}: {' and '.join(counted)}; "
            "whoever lacks a score too is counted for the score alone, and not here."
        )
        if name == "parallel_change":
            yield f"{said} Its estimates speak for participants with measured values only."
        else:
            arms = ", comparisons of arms" if study.spec.arms is not None else ""
            said += f" Its means{arms} and shares speak of participants with a measured baseline marker only."
            yield f"{said} {AMONG_THEM}" if compares else said
    if compares and (unseen := without_follow_up(name, results)):
        yield f"{name} leaves out {_participants(unseen)} for {scale_of(study)} at follow-up. {OF_THE_SEEN}"


def _participants(number: int) -> str:
    return f"{number} participant{'s' * (number != 1)}"


def _of_settings(results: Results) -> Iterator[str]:
    study = results.study
    sets = {name for priors in results.priors.values() for name in priors}
    if "literature" in sets and (study.marker != "IL-6" or scale_of(study) != "MADRS"):
        yield (
            "The literature priors come from studies of IL-6 and the MADRS. This study has "
            f"{study.marker or 'no marker'} and {study.scale.name if study.scale else 'no symptom score'}: points are "
            "carried over by the range of the scale, the rest as it is. Read them as a guess."
        )
    asked = set(study.spec.estimand.smallest_important)
    several = {row.estimand for row in results.estimates if row.marker is not None}
    without = [
        title_of(name, study, EACH_MARKER if name in several else None)
        for name in dict.fromkeys(row.estimand for row in results.estimates if row.null is not None)
        if name not in asked
    ]
    if without:
        yield (
            f"No smallest important difference is stated for {'; '.join(without)}. Published ones differ several-fold, "
            "so there is no default, and nothing is said of the importance of these."
        )
    if len(results.study.spec.marker) > 1:
        joint = results.fitted(JOINT)
        taken = f"{JOINT} takes them all at once, the other models" if joint else "These models take"
        yield (
            f"{len(study.spec.marker)} markers were recorded. {taken} {marker_of(study)} alone; whoever analyses "
            "several should report how many."
        )


SECTION = Section("What this study cannot show", (), render)
