"""Arms compared on marker and score together, and who benefits."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cochange.data.study import Study
from cochange.inference.contrasts import Contrasts, contrasts
from cochange.inference.estimates import Decision, Estimate, interval_of
from cochange.inference.results import Results
from cochange.models.parts.joint.benefit import difference_by_marker, observed_range
from cochange.models.parts.joint.frame import Frame, make_frame
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.labels import JOINT, is_compared, listed, marker_of, prior_name, scale_of
from cochange.reports.needs import arms, failed
from cochange.reports.numbers import beside, centre, interval, interval_name, probability, significant
from cochange.reports.plots.contrasts import benefit_plot, contrasts_plot
from cochange.reports.sentences import answer

VALUES = 60
# Values of the marker in the table: the ends of the range and its middle.
SHOWN = (0, VALUES // 2, VALUES - 1)


def render(results: Results) -> Block:
    """Under the main prior: where the arms lie on both outcomes, and their difference along the baseline marker."""
    prior, study = results.main_prior, results.study
    draws = results.draws[JOINT, prior]
    warning = failed(results, JOINT)
    parts: list[Part] = [Paragraph(f"{JOINT}, under {prior_name(prior)}. {reading(study)}")]
    if warning:
        parts.append(Paragraph(warning, warning=True))
    found = list(contrasts(draws))
    rows = {
        name: {(row.group, row.marker): row for row in results.estimates_of(JOINT, prior, name)}
        for name in ("parallel_slope", "arm_difference_given_marker")
    }
    for marker in dict.fromkeys(item.marker for item in found):
        own = [item for item in found if item.marker == marker]
        slope = rows["parallel_slope"]["overall", marker]
        parts.append(contrasts_plot(own, slope.median, results))
    if not warning:
        said = [together(item, study) for item in found]
        beyond = [foretold(row, results) for row in rows["arm_difference_given_marker"].values()]
        parts.append(Points((*said, *beyond)))
    parts.append(_table(found, study))
    return Block((*parts, *_benefit(results.decisions_of(JOINT, prior, "benefit_slope"), results)))


def reading(study: Study) -> str:
    """What the contrasts may be called, and what they do not show."""
    if is_compared(study):
        said = (
            "Arms were randomised: the contrast on the marker and that on the score are each an effect of assignment "
            "to the arm, as far as what is missing is missing at random."
        )
        alike = ", and whoever is compared at the same change of the marker is no longer as randomised"
    else:
        said = (
            "Arms were not randomised: their contrasts are differences between the changes of each arm from its own "
            "baselines, given what is adjusted for, not effects."
        )
        alike = ""
    return (
        f"{said} That the two go together does not show that the one brings about the other: an arm may act on each by "
        f"itself{alike}."
    )


def together(item: Contrasts, study: Study) -> str:
    """Where an arm lies on marker and score, with the probability that it is the same side of the control."""
    arm, _, control = item.group.partition(" versus ")
    marker, scale = item.marker or marker_of(study), scale_of(study)
    return (
        f"Arm {arm} against arm {control}: the changes of {marker} and of {scale} both lay lower with probability "
        f"{probability(item.both_lower)}, neither of them with {probability(item.both_higher)}, that of {marker} alone "
        f"with {probability(item.marker_lower)}, that of {scale} alone with {probability(item.score_lower)}. The same "
        f"side on both has probability {probability(item.same_way)}."
    )


def foretold(row: Estimate, results: Results) -> str:
    """What is left of the contrast on the score at the same change of the markers."""
    study, among = results.study, results.estimates
    arm, _, control = row.group.partition(" versus ")
    markers = listed([item.name for item in study.spec.marker])
    baselines = "from the same baselines" if is_compared(study) else "each from the mean baselines of their own arm"
    none = "not a contrast of randomised arms" if is_compared(study) else "and arms were not randomised"
    return (
        f"Between people of arms {arm} and {control} whose {markers} changed alike, {baselines}, the change of "
        f"{scale_of(study)} is expected to differ by {centre(row, among)} points ({interval(row, among)}). This is an "
        f"association, {none}."
    )


def _table(found: list[Contrasts], study: Study) -> Table:
    scale, printed, records = scale_of(study), [], []
    for item in found:
        marker = item.marker or marker_of(study)
        shares = (item.both_lower, item.marker_lower, item.score_lower, item.both_higher)
        correlation = significant(item.correlation, 2)
        printed.append((item.group, marker, *map(probability, shares), probability(item.same_way), correlation))
        records.append(
            {
                "contrast": item.group, "marker": marker, "both_lower": item.both_lower,
                "marker_lower": item.marker_lower, "score_lower": item.score_lower, "both_higher": item.both_higher,
                "same_way": item.same_way, "correlation": item.correlation,
            }
        )  # fmt: skip
    columns = (
        Column("Arms"), Column("Marker"), Column("Lower on both", True), Column("On the marker alone", True),
        Column(f"On {scale} alone", True), Column("On neither", True), Column("Same side", True),
        Column("Correlation", True),
    )  # fmt: skip
    caption = (
        f"Where each arm lies against the control on the ratio of the marker and on the change of {scale}: "
        "probabilities. Correlation: of the two contrasts over the posterior draws, which is one of what is uncertain "
        "about them and none between people."
    )
    return Table("contrasts_together", caption, columns, (Rows("", tuple(printed)),), pd.DataFrame(records))


def _benefit(decisions: Sequence[Decision], results: Results) -> list[Part]:
    """Who benefits, where the study file asks for it."""
    study = results.study
    parts: list[Part] = [Heading("Who benefits")]
    if not decisions:
        asked = "benefit_by_marker = true under [analysis] of the study file"
        return [
            *parts,
            Paragraph(f"Not asked: the arms' difference was taken to be the same at every marker ({asked})."),
        ]
    how = "as they were assigned at each value of the marker"
    if not is_compared(study):
        how = "at each value of the marker, with the other baselines at the means of each arm"
    parts.append(
        Paragraph(
            "The arms' difference may depend on the true baseline marker, by so many points for each doubling of it; "
            f"measurement error does not dilute this slope. The arms are compared {how}; that they differ more at one "
            "value than at another may come from whatever else goes with the marker."
        )
    )
    parts.append(Points(tuple(answer(item, results) for item in decisions)))
    frame = make_frame(study, results.selections[JOINT].used)
    for marker in frame.outcomes.markers:
        parts += _of_marker(marker, frame, results)
    return parts


def _of_marker(marker: str, frame: Frame, results: Results) -> list[Part]:
    study, analysis = results.study, results.study.spec.analysis
    unit = next(item.analysed_unit for item in study.spec.marker if item.name == marker)
    values = np.geomspace(*observed_range(frame, marker), VALUES)
    (model,) = (item for item in results.models if item.name == JOINT)
    assert model.parameters is not None
    draws = results.fits[JOINT, results.main_prior].posterior
    difference = difference_by_marker(draws, model.parameters(study), frame, marker, values)
    figure = benefit_plot(difference, marker, unit, results)
    printed, records = [], []
    for group in difference["group"].to_numpy().tolist():
        for position in SHOWN:
            own = difference.sel(group=group).isel(value=position)
            low, high = interval_of(own, analysis.ci_kind, analysis.ci_prob).to_numpy()
            middle, sd = float(own.median()), float(own.std(ddof=1))
            lower = float((own < 0).mean())
            limits = f"{beside(low, sd)} to {beside(high, sd)}"
            printed.append((group, significant(values[position]), beside(middle, sd), limits, probability(lower)))
            records.append(
                {
                    "contrast": group, "marker": marker, "value": values[position], "median": middle, "lower": low,
                    "upper": high, "p_below_0": lower,
                }
            )  # fmt: skip
    name = interval_name(analysis)
    columns = (
        Column("Arms"), Column(f"True baseline {marker}, {unit}", True), Column("Median", True), Column(name, True),
        Column("Probability below 0", True),
    )  # fmt: skip
    caption = (
        f"Difference between arms in the change of {scale_of(study)}, in points, along the true baseline {marker}."
    )
    table = Table(figure.name, caption, columns, (Rows("", tuple(printed)),), pd.DataFrame(records))
    return [figure, table]


SECTION = Section("Contrasts of arms", (arms,), render)
