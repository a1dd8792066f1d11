"""What `cochange check` prints: the study in numbers, what stands out, and what each model would use."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape
from rich.table import Column, Table

from cochange.console import OUT, print_notices, print_same, right, titled
from cochange.data.faults import InputError, Notice
from cochange.data.inspection.counts import counts, counts_by_arm
from cochange.data.inspection.extremes import RULE, extreme_values
from cochange.data.inspection.patterns import patterns
from cochange.data.inspection.summary import level_counts, marker_visits, number_spreads, score_visits
from cochange.data.names import counted
from cochange.data.specification.tables import MarkerTable
from cochange.data.study import Study
from cochange.inference.built import selection_of
from cochange.inference.files import write_whole
from cochange.inference.plan import check_stated, choose_priors, same_sets, usual_models
from cochange.inference.primary import primary_not_given
from cochange.inference.results import use_of_cells
from cochange.inference.unused import scenarios_nobody_gives, unused_sets
from cochange.models.parts.contract import Model, available
from cochange.models.parts.selection import Selection
from cochange.reports.numbers import with_minus
from cochange.wide_tables import in_parts

AUDIT = "audit.csv"
SHOWN = 10
LEVELS_SHOWN = 12


def check(study: Study, models: list[Model], out: Path | None) -> None:
    """Print what was read and what each model would use, and write the audit where asked.

    Parameters
    ----------
    study : Study
        The study as read.
    models : list of Model
        Models to be fitted.
    out : Path or None
        Folder for ``audit.csv``, the one a run with these models writes; None to write nothing.

    Raises
    ------
    InputError
        If a prior set, a smallest important difference or what is stated as primary is at fault; a run would refuse it.
    """
    check_stated(study, models)
    sets = {model.name: choose_priors(study, model) for model in models}
    selections = {model.name: selection_of(model, study) for model in models}
    _print_heading(study)
    for part in (_patterns, _markers, _scores, _people, _arms, _extremes):
        for block in part(study):
            OUT.print(block)
    OUT.print(_models(models, selections))
    for line in _of_many_visits(study, models):
        OUT.print(line)
    fitted = [model for model in models if not selections[model.name].problem]
    not_fitted = {name: selection.problem for name, selection in selections.items() if selection.problem}
    stated = (*primary_not_given(study, fitted, not_fitted), *scenarios_nobody_gives(study, fitted))
    print_notices([*study.notices, *unused_sets(study), *stated])
    print_same({model.name: same_sets(study, sets[model.name]) for model in fitted})
    if out is not None:
        use = use_of_cells(study, selections)
        path = write_whole(out / AUDIT, lambda passing: use.to_csv(passing, index=False))
        OUT.print(escape(str(path)), soft_wrap=True)


@contextmanager
def audit_is_for(out: Path | None) -> Iterator[None]:
    """Say beside the faults of a study that the audit is not written, where it was asked for.

    Raises
    ------
    InputError
        With the faults, and one notice more.
    """
    try:
        yield
    except InputError as error:
        if out is None:
            raise
        unwritten = Notice(str(out / AUDIT), None, "not written: it is once nothing is at fault")
        raise InputError(error.faults, [*error.notices, unwritten]) from None


def _print_heading(study: Study) -> None:
    spec = study.spec
    synthetic = " (SYNTHETIC DATA)" if spec.study.synthetic else ""
    OUT.print(f"[bold]{escape(spec.study.title)}[/bold]{synthetic}")
    OUT.print(f"{spec.study.design}; {escape(spec.study.treatment)}; {study.data.sizes['participant']} participants")
    facts = {name: f"{name}: {value}" for name, value in study.audit.facts.items()}
    joined = [facts.pop(name) for name in study.audit.facts if name.startswith("joined ")]
    for line in (", ".join(facts.values()), *joined):
        OUT.print(escape(line))
    if study.has_two_visits:
        OUT.print(f"The models compare {escape(study.follow_up)} with {escape(study.baseline)}.")


def _patterns(study: Study) -> Iterator[Table | str]:
    found = patterns(study)
    yes, no = ("✓", "·") if OUT.encoding.startswith("utf") else ("x", "-")
    table = titled("Which outcomes are given", *map(escape, found[0].given), right("participants"), right("share"))
    for pattern in found[:SHOWN]:
        ticks = (" ".join(yes if given else no for given in visits) for visits in pattern.given.values())
        share = pattern.participants / study.data.sizes["participant"]
        table.add_row(*ticks, str(pattern.participants), f"{share:.1%}")
    yield table
    visits = escape(", ".join(study.spec.data.visits))
    note = f"One mark a visit: {visits}. Values beyond a limit count as given."
    if rarer := found[SHOWN:]:
        n = sum(pattern.participants for pattern in rarer)
        hidden = counted(len(rarer), "rarer pattern")
        note += f" {hidden} ({counted(n, 'participant')}) {'is' if len(rarer) == 1 else 'are'} not shown."
    yield note


def _markers(study: Study) -> Iterator[Table | str]:
    if not study.spec.marker:
        return
    numbers = ("measured", "below", "above", "missing", "pairs", "min", "median", "max", "censored")
    table = titled("Markers", "marker", "visit", *map(right, numbers))
    pairs = _pairs(study)
    for row in marker_visits(study):
        tally = map(str, (row.measured, row.below, row.above, row.missing))
        spread = (_number(row.least), f"{row.bound} {_number(row.median)}".strip(), _number(row.greatest))
        share = "" if math.isnan(row.censored) else f"{row.censored:.1%}"
        name = f"{row.marker}, {row.unit}"
        table.add_row(escape(name), escape(row.visit), *tally, pairs[row.marker, row.visit], *spread, share)
    yield table
    yield "Raw scale. Min and max of measured values; for the median, limits stand in for what is beyond them."
    yield from (escape(_declared_limits(marker)) for marker in study.spec.marker)


def _declared_limits(marker: MarkerTable) -> str:
    given = {key: [f"{limit:g}" for limit in limits] for key, limits in marker.all_limits.items()}
    given |= {key: list(getattr(marker, key)) for key in ("lower_limit_columns", "upper_limit_columns")}
    shown = "; ".join(f"{key} {', '.join(values)}" for key, values in given.items() if values)
    if not shown:
        return f"No limit of {marker.name} is declared."
    return f"Limits declared for {marker.name}, on the scale of the column ({marker.scale}): {shown}."


def _scores(study: Study) -> Iterator[Table | str]:
    if study.scale is None:
        return
    numbers = ("n", "missing", "pairs", "min", "median", "max", "mean", "SD")
    table = titled("Scores", "scale", "visit", *map(right, numbers), "range of the scale")
    pairs, bounds = _pairs(study), f"{study.scale.lower:g} to {study.scale.upper:g}"
    for visit, row in score_visits(study).items():
        tally = (str(row.n), str(row.missing), pairs[study.scale.name, visit])
        spread = map(_number, (row.least, row.median, row.greatest, row.mean, row.sd))
        table.add_row(escape(study.scale.name), escape(visit), *tally, *spread, bounds)
    yield table


def _people(study: Study) -> Iterator[Table | str]:
    table = titled("Participants", "what", "column", "values")
    for (role, column), levels in level_counts(study).items():
        shown = [f"{level}: {n}" for level, n in list(levels.items())[:LEVELS_SHOWN]]
        if role == "arm":
            # The first level is the one that others are compared with.
            shown[0] = f"{shown[0]} (control)"
        if len(levels) > LEVELS_SHOWN:
            shown.append(f"and {len(levels) - LEVELS_SHOWN} more")
        table.add_row(role, escape(column), escape(", ".join(shown)))
    for (role, column), row in number_spreads(study).items():
        missing = f", missing in {row.missing}" if row.missing else ""
        text = f"{_number(row.least)} to {_number(row.greatest)}, median {_number(row.median)}{missing}"
        table.add_row(role, escape(column), text)
    if table.rows:
        yield table


def _arms(study: Study) -> Iterator[Table | str]:
    """Of each arm, how many have each outcome; in parts where the arms are many."""
    if study.spec.arms is None:
        return
    sizes = level_counts(study)["arm", study.spec.arms.column]
    columns = [Column("outcome"), *(right(escape(arm)) for arm in sizes)]
    rows = [["all participants", *map(str, sizes.values())]]
    rows += [
        [escape(f"{row.outcome} at {' and '.join(row.visits)}"), *map(str, row.participants.values())]
        for row in counts_by_arm(study)
    ]
    yield from in_parts("Outcomes given in each arm", columns, rows, OUT.width)


def _extremes(study: Study) -> Iterator[Table | str]:
    found = extreme_values(study)
    if not found:
        return
    names = ("outcome", "visit", right("value"), right("row"), "participant", right("distance"))
    table = titled("Extreme values", *names)
    for row in found[:SHOWN]:
        place = (escape(row.outcome), escape(row.visit), escape(row.text))
        table.add_row(*place, str(row.row), escape(row.participant), with_minus(f"{row.distance:+.1f}"))
    yield table
    rest = f" {len(found) - SHOWN} more are not shown." if len(found) > SHOWN else ""
    yield f"Values {RULE}. Look each one up; they are analysed as written.{rest}"


def _models(models: list[Model], selections: Mapping[str, Selection]) -> Table:
    table = titled("What each model uses", "model", "question", right("used"), "left out")
    for model in models:
        selection = selections[model.name]
        if selection.problem:
            table.add_row(model.name, model.question, "none", escape(f"cannot be fitted: {selection.problem}"))
            continue
        reasons = list(selection.left_out.values())
        text = "; ".join(f"{reasons.count(reason)}: {reason}" for reason in dict.fromkeys(reasons))
        table.add_row(model.name, model.question, str(len(selection.used)), escape(text))
    return table


def _of_many_visits(study: Study, models: list[Model]) -> Iterator[str]:
    """Which models a run leaves out that names none."""
    names = tuple(model.name for model in models)
    absent = [name for name in available() if name not in names]
    if absent and names == usual_models(study):
        yield f"Not in a run that names no models: {' and '.join(absent)}, for studies of more than two visits."


def _number(value: float) -> str:
    return "" if math.isnan(value) else with_minus(f"{value:.4g}")


def _pairs(study: Study) -> dict[tuple[str, str], str]:
    """Complete pairs by outcome and visit, nothing at visits that are not compared."""
    pairs = counts(study)["complete_pairs"].astype("string").fillna("")
    return dict(zip(pairs.index, pairs, strict=True))
