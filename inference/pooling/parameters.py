"""The parameters that pooled estimates can inform, and the lines of a prior set for them."""

import json
import re
from collections.abc import Mapping, Sequence

from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.published_table import PublishedTable
from cochange.data.specification.prior_set_rules import ENDINGS, unstorable
from cochange.models.parts.contract import available, load_model
from cochange.models.parts.families import ALTERNATIVES, Family, Normal
from cochange.models.parts.prior_sets import NAMES, ParameterNote, families, notes

LOCATION = ALTERNATIVES[Normal]
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def informed_parameters(table: PublishedTable, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Check that estimates can inform the parameters asked for, or those their table names.

    Parameters
    ----------
    table : PublishedTable
        Estimates of one quantity.
    asked : sequence of str
        Parameters as ``MODEL.PARAMETER``; by default those that every row names.

    Raises
    ------
    InputError
        For each that no model has, that is no parameter on the whole line, or whose unit is not that of the estimates.
    """
    named = [name for name in table.estimates[0].informs if all(name in item.informs for item in table.estimates)]
    wanted = tuple(asked or named)
    known = {
        f"{model}.{parameter}": (note, families(next(iter(loaded.shipped.values())))[parameter])
        for model in dict.fromkeys(name.partition(".")[0] for name in wanted)
        if model in available()
        for loaded in [load_model(model)]
        for parameter, note in notes(next(iter(loaded.shipped.values()))).items()
    }
    found = filter(None, (_contradiction(table, name, known) for name in wanted))
    faults = [Fault("parameters" if asked else table.file, None, None if asked else at, *rest) for at, *rest in found]
    if faults:
        raise InputError(faults)
    return wanted


def prior_set_lines(name: str, parameters: Sequence[str], family: Family) -> tuple[str, ...]:
    """Lines of a study file: a prior set that gives the parameters a family.

    Parameters
    ----------
    name : str
        Name of the set.
    parameters : sequence of str
        Parameters as ``MODEL.PARAMETER``; with none of them, the lines are comments that say what to do.
    family : Family
        The prior.

    Raises
    ------
    InputError
        If the name is one of a shipped set, no plain key, or one that fits cannot be stored by.
    """
    if name in NAMES or unstorable(name) or not BARE_KEY.fullmatch(name):
        action = f"use letters, digits, - and _, and neither {', '.join(NAMES)} nor an ending {', '.join(ENDINGS)}"
        raise InputError([Fault("name", None, None, "a name for a prior set of your own", f"'{name}'", action)])
    values = {"family": type(family).__name__, **family.values(), "source": family.source}
    written = "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + " }"
    if not parameters:
        return (f"# [analysis.prior_sets.{name}.MODEL]", f"# PARAMETER = {written}")
    lines = [f"[analysis.prior_sets.{name}]", 'base = "reference"']
    for model in dict.fromkeys(parameter.partition(".")[0] for parameter in parameters):
        lines += ["", f"[analysis.prior_sets.{name}.{model}]"]
        lines += [f"{name.partition('.')[2]} = {written}" for name in parameters if name.partition(".")[0] == model]
    return tuple(lines)


def _contradiction(
    table: PublishedTable, name: str, known: Mapping[str, tuple[ParameterNote, Family]]
) -> tuple[str, str, str, str] | None:
    """The column that says it, what is required, found and to be done; None where the estimates can inform it."""
    if name not in known:
        model = name.partition(".")[0]
        own = [other for other in known if other.partition(".")[0] == model]
        action = choice(name if own else model, own or available())
        return "informs", "MODEL.PARAMETER of a model that ships", f"'{name}'", action
    note, family = known[name]
    if not isinstance(family, LOCATION):
        found = f"'{name}', which has a {type(family).__name__} prior"
        return "informs", "a parameter that can be negative", found, "choose a mean, a slope or a difference"
    unit = table.estimates[0].unit
    if unit != note.unit:
        action = f"pool estimates in {note.unit}, or leave the parameter out"
        return "unit", f"the unit of {name}, '{note.unit}',", f"'{unit}'", action
    return None


def _value(value: object) -> str:
    # Six digits are more than any published estimate has.
    return f"{value:.6g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
