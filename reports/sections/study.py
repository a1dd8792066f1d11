"""The study, what was read of it, and who each model uses."""

from collections import Counter

import pandas as pd

from cochange.data.inspection.counts import counts
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.inference.verdict import data_cautions
from cochange.reports.block import (
    Block,
    Column,
    Heading,
    Paragraph,
    Part,
    Points,
    Rows,
    Section,
    Table,
    columns_of,
    text_table,
)
from cochange.reports.labels import listed, rule_of, visit_name, with_visit_names
from cochange.reports.left_out import notes
from cochange.reports.primary import estimand_named
from cochange.reports.sections.baseline import characteristics
from cochange.reports.sections.descriptives import descriptives
from cochange.reports.visits_used import visits_used

# What the models do to a value after an intercurrent event: they take it as it was observed.
AS_OBSERVED = "treatment policy"
TAKEN_AS_OBSERVED = f"Observed values are analysed as they are, whatever happened before them ({AS_OBSERVED})"


def render(results: Results) -> Block:
    """Design, data, use by model, notices and intercurrent events."""
    study = results.study
    parts: list[Part] = [
        text_table("study", "The study.", ("Item", "Answer"), _facts(results)),
        Heading("Readings"),
        _counts(results),
        Paragraph(
            "How the file was read: " + "; ".join(f"{name} {fact}" for name, fact in study.audit.facts.items()) + "."
        ),
        *characteristics(study),
        *descriptives(results),
        Heading("Who each model uses"),
        _use(results),
        *_left_out(results),
        *_notes(results),
        Heading("What to check in the data"),
        _to_check(study),
        Heading("Intercurrent events"),
        *_events(results),
    ]
    return Block(tuple(parts))


def _facts(results: Results) -> list[tuple[str, str]]:
    study, spec = results.study, results.study.spec
    scale, estimand = study.scale, spec.estimand
    used = visits_used(results)
    visits = listed([visit_name(visit, study) for visit in used]) if study.has_two_visits else f"{study.baseline} only"
    others = [visit_name(visit, study) for visit in spec.data.visits if visit not in used]
    marker = next((item for item in spec.marker if item.name == study.marker), None)
    arms = [str(level) for level in study.data["arm"].attrs["levels"]] if "arm" in study.data.coords else []
    covariates = [*spec.covariates.numeric, *spec.covariates.categorical]
    return [
        ("Title", spec.study.title),
        ("Data", "synthetic, simulated" if spec.study.synthetic else "as given in the data file"),
        ("Design", spec.study.design),
        ("Treatment", spec.study.treatment),
        ("Population", spec.study.population or "not stated in the study file"),
        ("Population of the estimand", estimand.population or "not stated in the study file"),
        ("Participants", str(study.data.sizes["participant"])),
        ("Visits analysed", visits + (f" (also recorded: {', '.join(others)})" if others else "")),
        ("Marker", f"{marker.name}, {marker.analysed_unit}, recorded as {marker.scale}" if marker else "none declared"),
        ("Other markers recorded", ", ".join(m.name for m in spec.marker if m.name != study.marker) or "none"),
        (
            "Symptom scale",
            f"{scale.name}, {scale.lower:g} to {scale.upper:g} points, {scale.direction}" if scale else "none declared",
        ),
        (
            "Remission cut",
            f"at or under {scale.remission:g}" if scale and scale.remission is not None else "not stated",
        ),
        ("Arms", ", ".join(arms) + f" (control: {arms[0]})" if arms else "none"),
        ("Groups", spec.groups.column if spec.groups else "none"),
        ("Sites", spec.sites.column if spec.sites else "none"),
        ("Covariates", ", ".join(covariates) or "none"),
        ("Inclusion", rule_of(study) or "no threshold stated"),
        *(("Primary estimand", named) for named in (estimand_named(results),) if named),
        *(("Primary model", name) for name in (spec.analysis.primary_model,) if name),
    ]


def _counts(results: Results) -> Table:
    frame = counts(results.study).reset_index()
    labels = (
        "Variable",
        "Visit",
        "Participants",
        "Observed",
        "Below limit",
        "Above limit",
        "Missing",
        "Complete pairs",
    )
    shown = frame.assign(visit=[visit_name(visit, results.study) for visit in frame["visit"]])
    groups = tuple(
        Rows(
            "",
            tuple(
                tuple("" if pd.isna(value) else str(value) for value in line) for line in own.itertuples(index=False)
            ),
        )
        for _, own in shown.groupby("variable", sort=False)
    )
    columns = columns_of(labels, texts=2)
    caption = (
        "Readings by visit. Complete pairs have a value at the first and the last visit analysed, censored values "
        "included."
    )
    return Table("readings", caption, columns, groups, frame)


def _use(results: Results) -> Table:
    rows = []
    for name, selection in results.selections.items():
        state = f"not fitted: {results.not_fitted[name]}" if name in results.not_fitted else "fitted"
        rows.append((name, len(selection.used), len(selection.left_out), state))
    frame = pd.DataFrame(rows, columns=["model", "used", "left_out", "state"])
    columns = (Column("Model"), Column("Used", number=True), Column("Left out", number=True), Column("State"))
    printed = tuple(tuple(str(value) for value in row) for row in rows)
    return Table("use", "Participants in the likelihood of each model.", columns, (Rows("", printed),), frame)


def _left_out(results: Results) -> list[Part]:
    groups, records = [], []
    for name, selection in results.selections.items():
        if name in results.not_fitted or not selection.left_out:
            continue
        found = Counter(with_visit_names(reason, results.study) for reason in selection.left_out.values())
        groups.append(Rows(name, tuple((reason, str(number)) for reason, number in found.items())))
        records += [(name, reason, number) for reason, number in found.items()]
    if not records:
        return [Paragraph("No model that was fitted leaves a participant out.")]
    frame = pd.DataFrame(records, columns=["model", "reason", "participants"])
    caption = "Why participants are left out, by model; the first reason that applies to a participant is counted."
    columns = (Column("Reason"), Column("Participants", number=True))
    return [Table("left_out", caption, columns, tuple(groups), frame)]


def _notes(results: Results) -> list[Part]:
    said = notes(results)
    return [Points(tuple(said))] if said else []


def _to_check(study: Study) -> Part:
    """Every notice of the reading and every caution the verdict draws from the data."""
    said = {notice.message for notice in study.notices}
    found = [*map(str, study.notices), *(text for text in data_cautions(study) if text not in said)]
    return Points(tuple(found)) if found else Paragraph("Nothing in the data called for a notice.")


def _events(results: Results) -> list[Part]:
    events = results.study.spec.estimand.intercurrent_events
    if not events:
        return [
            Paragraph(
                "The study file states none. Treatments begun, drop-out, and infections or anti-inflammatory drugs at "
                "the draw are the ones to think of."
            )
        ]
    rows = [(item.event, item.strategy, item.missing_as or "not stated: at random") for item in events]
    caption = "Intercurrent events and their handling (ICH E9(R1)), as the study file states them."
    columns = ("Event", "Strategy", "What is missing after it is taken as")
    return [text_table("intercurrent_events", caption, columns, rows), Paragraph(f"{TAKEN_AS_OBSERVED}.")]


SECTION = Section("The study and its data", (), render)
