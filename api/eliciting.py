"""A prior from a statement: fitted, shown, and written into the study file."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.markup import escape

from cochange.console import ERR, OUT, right, titled
from cochange.data.arguments import require_number
from cochange.data.faults import Fault, InputError
from cochange.data.study import Study
from cochange.inference.elicitation import Elicited, Question, elicited_prior, faults_of_parameter, write_prior
from cochange.inference.named import named_model, read_named, sets_of_study
from cochange.inference.plan import require_allowed
from cochange.inference.prior_terms import PriorTerms, terms_of
from cochange.inference.prior_words import STANDS_FOR, in_words
from cochange.inference.settings import settings_of
from cochange.inference.statements import Statement, improbable_ratios, is_change, on_the_line, statement_from
from cochange.models.parts.contract import Model
from cochange.models.parts.frozen import frozen
from cochange.models.parts.prior_sets import notes
from cochange.prior_tables import print_implied
from cochange.reports.numbers import with_minus

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


def elicit(
    study_file: str | Path,
    *,
    model: str,
    parameter: str,
    between: tuple[float, float] | None = None,
    mass: float | None = None,
    says: str = "",
    fall: bool = False,
    prior_set: str = "elicited",
    base: str = "",
    family: str = "",
    df: float | None = None,
    source: str = "",
    force: bool = False,
    data_root: str | Path | None = None,
    quiet: bool = False,
) -> Elicited:
    """Make a prior from a statement and write it into a prior set of the study file.

    Everything else in the file stays as it is, comments too. The prior is the one of its family with the most entropy
    among those that give the interval the stated probability.

    Parameters
    ----------
    study_file : str or Path
        The study file.
    model : str
        Name of a model that ships, or the path of a model file.
    parameter : str
        The parameter, which `cochange priors` lists with its unit.
    between : tuple of float, optional
        Lower and upper bound, in the parameter's unit.
    mass : float, optional
        Probability that the parameter lies between them, such as 0.9.
    says : str
        In place of the two, a sentence such as "90% sure of a fall of 4 to 14 points".
    fall : bool
        Whether the bounds are those of a fall: a fall of 4 to 14 is a change of -14 to -4.
    prior_set : str
        Name of the prior set; begun where the study file does not have it.
    base : str
        Shipped set that a new prior set begins with; ``reference`` by default.
    family : str
        Family of the prior; by default the one the parameter has.
    df : float, optional
        Degrees of freedom of a Student-t family; those the parameter has by default.
    source : str
        Where the statement comes from; the statement itself by default.
    force : bool
        Whether a prior that the set has for the parameter is replaced.
    data_root : str or Path, optional
        Folder of the data file; the study file's by default.
    quiet : bool
        Print nothing.

    Returns
    -------
    Elicited

    Raises
    ------
    InputError
        If the statement contradicts itself or the family, or names what there is not.
    NothingToFitError
        If the study does not allow the model.
    NoElicitationError
        If PreliZ is not installed.
    TypeError
        If an argument is of another kind, such as a study in place of its path.
    """
    study = read_named(study_file, data_root, [model])
    chosen = named_model(model)
    require_allowed(study, chosen)
    try:
        statement = _statement(between, mass, says, fall)
    except InputError as error:
        raise InputError([*error.faults, *faults_of_parameter(chosen, parameter)]) from None
    question = Question(parameter=parameter, prior_set=prior_set, base=base, family=family, df=df, source=source)
    if not quiet:
        ERR.print("Reading the statement, and fitting the prior to it.")
    found = elicited_prior(study, chosen, statement, question, force)
    if not quiet:
        ERR.print("Drawing from the set with it, and from the set it begins with.")
        _print(study, chosen, found)
    path = write_prior(study, found)
    if not quiet:
        OUT.print(f"Written to {escape(str(path))} under {_key(found)}.", soft_wrap=True)
        if (named := study.spec.analysis.priors) and prior_set not in named:
            said = f"[analysis] priors does not name it: name {prior_set} where you fit, or add it there."
            OUT.print(said, markup=False)
    return found


def _statement(between: tuple[float, float] | None, mass: float | None, says: str, fall: bool) -> Statement:
    given = [
        name
        for name, value in (("bounds", between), ("a probability", mass), ("a sentence", says or None))
        if value is not None
    ]
    if given not in (["bounds", "a probability"], ["a sentence"]):
        required = "two bounds and a probability (`between` and `mass`), or a sentence (`says`) alone"
        found = ", ".join(given) or "neither"
        raise InputError([Fault("the statement", None, None, required, found, "give what is lacking, or one alone")])
    if says:
        said = statement_from(says)
        return replace(said, fall=said.fall or fall)
    assert between is not None
    assert mass is not None
    if not isinstance(between, Sequence) or len(between) != 2:
        raise TypeError(f"between must be two numbers, such as (-14, -4); got {between!r}")
    require_number(mass, "mass")
    for bound in between:
        require_number(bound, "each bound of between")
    lower, upper = between
    return Statement(lower=lower, upper=upper, mass=mass, fall=fall)


def _print(study: Study, model: Model, found: Elicited) -> None:
    note = notes(found.priors)[found.parameter]
    OUT.print(f"\n[bold]{escape(found.parameter)}[/bold]: {escape(note.meaning)}, in {escape(note.unit)}")
    OUT.print(
        with_minus(
            f"Statement: {100 * found.statement.mass:.4g}% between {found.lower:g} and {found.upper:g}."
            f"{_direction(found)}"
        )
    )
    OUT.print(f"Prior: {escape(with_minus(in_words(found.family, note)))}. Between the bounds: {found.mass:.2%}.")
    table = titled("Its quantiles", "unit", *(right(f"{share:.1%}") for share in QUANTILES))
    values = frozen(found.family).ppf(QUANTILES)
    # A quantile that is zero but for rounding is printed as zero.
    values = np.where(abs(values) < 1e-5 * abs(values).max(), 0.0, values)
    table.add_row(escape(note.unit), *(with_minus(f"{value:.3g}") for value in values))
    if note.unit in STANDS_FOR and on_the_line(type(found.family)):
        name, convert = STANDS_FOR[note.unit]
        table.add_row(name, *(with_minus(f"{convert(value):.3g}") for value in values))
    OUT.print(table)
    if said := improbable_ratios(found.lower, found.upper, note):
        ERR.print(f"[yellow]Note[/yellow]: {escape(with_minus(said))}")
    terms = _terms(study, model, found)
    if found.parameter not in terms[-1].parameters:
        OUT.print(f"This study does not call for {escape(found.parameter)}: the prior will not enter its fits.")
    print_implied(terms)


def _direction(found: Elicited) -> str:
    """Which way the bounds point, where they do."""
    if not (on_the_line(type(found.family)) and is_change(notes(found.priors)[found.parameter])):
        return ""
    if found.statement.fall:
        # Taken from zero, a bound of zero has no sign.
        fall = f"A fall of {0.0 - found.upper:g} to {0.0 - found.lower:g}"
        return f" {fall} is a change of {found.lower:g} to {found.upper:g}."
    if found.lower > 0:
        return " Both bounds lie above 0, a rise; a fall lies below 0, or is given as one (fall)."
    return " Both bounds lie below 0, a fall." if found.upper < 0 else ""


def _terms(study: Study, model: Model, found: Elicited) -> list[PriorTerms]:
    """The shipped set and the one with the new prior, in implied terms."""
    settings = settings_of(study, None)
    shipped = sets_of_study(study, model)[found.base]
    sets = {found.base: shipped, found.prior_set: found.priors}
    return [terms_of(model, study, name, priors, settings) for name, priors in sets.items()]


def _key(found: Elicited) -> str:
    return escape(f"[analysis.prior_sets.{found.prior_set}.{found.model}]")
