"""The verbs about priors: print, elicit, compare, pool."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cochange.options import Chains, Cores, DataRoot, Draws, Models, OneModel, Priors, Quiet, Seed, StudyFile, folder
from cochange.verb import Verb

app = typer.Typer()


@app.command(cls=Verb)
def priors(
    study_file: StudyFile,
    data_root: DataRoot = None,
    model: Models = None,
    prior: Priors = None,
    seed: Seed = None,
) -> None:
    """Print a study's prior sets and what they imply. Every set of its models is put in words; nothing is fitted."""
    from cochange import prior_tables
    from cochange.inference.named import read_named

    models, sets = tuple(model or ()), tuple(prior or ())
    prior_tables.priors(read_named(study_file, data_root, models, sets), models, sets, seed)


@app.command(cls=Verb)
def elicit(
    study_file: StudyFile,
    model: OneModel,
    parameter: Annotated[
        str, typer.Option("--parameter", metavar="NAME", help="The parameter, of those `cochange priors` lists.")
    ],
    between: Annotated[
        tuple[float, float] | None,
        typer.Option("--between", metavar="LOWER UPPER", help="Bounds, in the unit of the parameter."),
    ] = None,
    mass: Annotated[float | None, typer.Option("--mass", help="Probability of lying between them, as 0.9.")] = None,
    says: Annotated[str, typer.Option("--says", help='Instead, a sentence: "90% sure between -14 and -4".')] = "",
    fall: Annotated[bool, typer.Option("--fall", help="The bounds are those of a fall.")] = False,
    prior_set: Annotated[str, typer.Option("--set", help="The prior set; begun when absent.")] = "elicited",
    base: Annotated[str, typer.Option("--base", help="What a new set begins with. [default: reference]")] = "",
    family: Annotated[str, typer.Option("--family", help="The family. [default: the one it has]")] = "",
    df: Annotated[float | None, typer.Option("--df", help="Degrees of freedom of a Student-t family.")] = None,
    source: Annotated[str, typer.Option("--source", help="Where it comes from. [default: the statement]")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a prior of the set.")] = False,
    data_root: DataRoot = None,
) -> None:
    """Make a prior from a statement. It is shown with what it implies, and written into a set of the study file."""
    from cochange import eliciting

    eliciting.elicit(
        study_file,
        model=model,
        parameter=parameter,
        between=between,
        mass=mass,
        says=says,
        fall=fall,
        prior_set=prior_set,
        base=base,
        family=family,
        df=df,
        source=source,
        force=force,
        data_root=data_root,
    )


@app.command("compare-priors", cls=Verb)
def compare_priors(
    study_file: StudyFile,
    model: OneModel,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", callback=folder, help="Folder for page, tables and figures.")
    ] = None,
    data_root: DataRoot = None,
    prior: Priors = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=V1,V2,...",
            help="A hyperparameter of the main set, such as parallel_sd, and its values; may be given twice.",
        ),
    ] = None,
    tipping: Annotated[
        str | None,
        typer.Option(
            "--tipping",
            metavar="ESTIMAND=PARAMETER",
            help="Find how sceptical the prior of a parameter must be before the conclusion on an estimand changes.",
        ),
    ] = None,
    null: Annotated[
        list[str] | None,
        typer.Option(
            "--null",
            metavar="NAME=VALUE",
            help="Bayes factor of a point null of a parameter or an estimand, under each set; may be repeated.",
        ),
    ] = None,
    prior_odds: Annotated[
        float, typer.Option("--prior-odds", min=1e-9, help="Odds of the null before the data, against all else.")
    ] = 1.0,
    refit: Annotated[bool, typer.Option("--refit", help="Sample every set; reweight none.")] = False,
    seed: Seed = None,
    draws: Draws = 1000,
    chains: Chains = 4,
    cores: Cores = None,
    quiet: Quiet = False,
) -> None:
    """Compare prior sets of one model, and a grid of priors. The grid is over one or two hyperparameters."""
    from cochange import comparing, work

    request = work.Request(
        verb="compare-priors",
        study_file=study_file,
        out=out,
        data_root=data_root,
        models=(model,),
        priors=tuple(prior or ()),
        seed=seed,
        draws=draws,
        chains=chains,
        cores=cores,
        quiet=quiet,
    )
    asked = comparing.Asked(vary=tuple(vary or ()), refit=refit, tip=tipping, nulls=tuple(null or ()), odds=prior_odds)
    comparing.compare(request, asked)


@app.command(cls=Verb)
def pool(
    table: Annotated[
        Path | None,
        typer.Argument(metavar="TABLE", help="Table of published estimates. [default: the one that ships]"),
    ] = None,
    quantity: Annotated[str | None, typer.Option("--quantity", help="Which quantity of a table with several.")] = None,
    prior: Annotated[
        Literal["reference", "sceptical", "diffuse"], typer.Option("--prior", help="Prior set of the pooling.")
    ] = "reference",
    weight: Annotated[
        float, typer.Option("--weight", min=0.01, max=1, help="Probability of the informative part; 1 for it alone.")
    ] = 0.8,
    unit_sd: Annotated[
        float | None,
        typer.Option("--unit-sd", min=1e-9, help="SD of what one participant contributes. [default: the table's]"),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", metavar="MODEL.PARAMETER", help="What the prior is for; may be repeated."),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="SET", help="Name of the prior set in the lines.")] = "pooled",
    decimal: Annotated[Literal[".", ","], typer.Option("--decimal", help="Decimal mark of the table.")] = ".",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A new file for the lines. [default: they are printed]")
    ] = None,
) -> None:
    """Pool published estimates into a prior. The lines of a prior set for a new study are printed."""
    from cochange import pooling

    pooling.run(
        pooling.PoolRequest(
            table=table,
            quantity=quantity,
            prior=prior,
            weight=weight,
            unit_sd=unit_sd,
            parameters=tuple(parameter or ()),
            name=name,
            decimal=decimal,
            out=out,
        )
    )
