"""The command line: each verb reads its input, does one thing, and ends with what it wrote.

Exit codes: 0 done; 2 the input is at fault; 3 done, but the results must not be reported; 1 a fault of the program;
130 stopped by the user.
"""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cochange import cache_verbs, many_verbs, prior_verbs
from cochange.options import (
    Chains,
    Cores,
    DataRoot,
    Double,
    Draws,
    Models,
    OneModel,
    Out,
    Priors,
    Quiet,
    Seed,
    StudyFile,
    folder,
)
from cochange.stopping import Stopped, stopping_when_terminated
from cochange.verb import Verb, Verbs

app = typer.Typer(
    name="cochange",
    cls=Verbs,
    help="How a biomarker and a symptom score change over a treatment, and how their changes go together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(prior_verbs.app)
app.add_typer(many_verbs.app)
app.add_typer(cache_verbs.app, name="cache")

# Typer's exit code for Ctrl-C, as shells have it.
STOPPED = 130


def _version(asked: bool) -> None:
    if asked:
        import cochange

        typer.echo(f"cochange {cochange.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """How a biomarker and a symptom score change over a treatment, and how their changes go together."""


@app.command(cls=Verb)
def init(
    data_file: Annotated[Path, typer.Argument(metavar="FILE", help="The data file.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="STUDY.toml", help="The study file. [default: study.toml beside the data file]"),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook that has several.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Draft the study file of a data file. Blanks are left for what only you can say."""
    from cochange.console import ERR, print_notices
    from cochange.data.draft import draft_study_file
    from cochange.data.names import counted

    draft = draft_study_file(data_file, out, force, sheet)
    print_notices(draft.notices)
    blanks = f"{counted(draft.blanks, 'blank')} {'is' if draft.blanks == 1 else 'are'} yours to fill in"
    ERR.print(f"{blanks}; `cochange check` lists those that are left.")
    typer.echo(draft.path)


@app.command(cls=Verb)
def check(
    study_file: StudyFile,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", callback=folder, help="Folder for audit.csv.")
    ] = None,
    data_root: DataRoot = None,
    model: Models = None,
) -> None:
    """Read and check a study; print it in numbers. What each model would use is told too; nothing is fitted."""
    from cochange import checking
    from cochange.inference.named import read_named
    from cochange.inference.plan import chosen_models

    with checking.audit_is_for(out):
        study = read_named(study_file, data_root, model or ())
        checking.check(study, chosen_models(study, model or ()), out)


@app.command(cls=Verb)
def run(
    study_file: StudyFile,
    out: Out,
    data_root: DataRoot = None,
    model: Models = None,
    prior: Priors = None,
    seed: Seed = None,
    draws: Draws = 1000,
    chains: Chains = 4,
    cores: Cores = None,
    double: Double = True,
    quiet: Quiet = False,
) -> None:
    """Do the main job: check, fit, judge, report. Every model is fitted under every prior set."""
    from cochange import work

    work.run(
        work.Request(
            verb="run",
            study_file=study_file,
            out=out,
            data_root=data_root,
            models=tuple(model or ()),
            priors=tuple(prior or ()),
            seed=seed,
            draws=draws,
            chains=chains,
            cores=cores,
            double=double,
            quiet=quiet,
        )
    )


@app.command(cls=Verb)
def fit(
    study_file: StudyFile,
    model: OneModel,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", callback=folder, help="Folder for the draws and results.")
    ] = None,
    data_root: DataRoot = None,
    prior: Priors = None,
    seed: Seed = None,
    draws: Draws = 1000,
    chains: Chains = 4,
    cores: Cores = None,
    quiet: Quiet = False,
) -> None:
    """Fit one model and print its estimates. No report is written."""
    from cochange import work

    work.fit(
        work.Request(
            verb="fit",
            study_file=study_file,
            out=out,
            data_root=data_root,
            models=(model,),
            priors=tuple(prior or ()),
            seed=seed,
            draws=draws,
            chains=chains,
            cores=cores,
            double=False,
            quiet=quiet,
        )
    )


@app.command(cls=Verb)
def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The --out of an earlier run.")],
    quiet: Quiet = False,
) -> None:
    """Write the report of an earlier run again. All its forms come from stored draws; nothing is sampled."""
    from cochange import work

    work.report(directory, quiet)


@app.command(cls=Verb)
def compare(
    directories: Annotated[list[Path], typer.Argument(metavar="DIR DIR ...", help="The --out of each run.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", callback=folder, help="Folder for the page, tables, figures and numbers."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Put finished runs side by side. They may be of one study or of several; nothing is sampled."""
    from cochange import side_by_side

    side_by_side.compare_runs(directories, out, quiet)


@app.command(cls=Verb)
def models(model: Models = None) -> None:
    """List the models: question, estimands and prior sets."""
    from cochange import console
    from cochange.inference.named import named_models
    from cochange.models.parts.contract import available

    console.print_models(named_models(model or available()))


@app.command(cls=Verb)
def simulate(
    out: Out,
    participants: Annotated[int, typer.Option("--participants", min=40, help="Participants included.")] = 116,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the data.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace files of those names.")] = False,
) -> None:
    """Write a synthetic trial with a known truth. It is an exercise trial, with its study file."""
    from cochange.data.simulate import ExerciseTrial, write_simulated

    typer.echo(write_simulated(out, ExerciseTrial(n=participants, seed=seed), force=force))


@app.command(cls=Verb)
def demo(
    out: Out,
    seed: Seed = None,
    draws: Draws = 1000,
    chains: Chains = 4,
    cores: Cores = None,
    quiet: Quiet = False,
) -> None:
    """Do the main job on the synthetic trial that ships. It is an exercise trial, labelled synthetic throughout."""
    from cochange import work
    from cochange.data.simulate import example_path

    work.run(
        work.Request(
            verb="demo",
            study_file=example_path(),
            out=out,
            seed=seed,
            draws=draws,
            chains=chains,
            cores=cores,
            quiet=quiet,
        )
    )


def main() -> None:
    """Run the command."""
    sys.exit(_guard(lambda: app(prog_name="cochange", standalone_mode=False)))


def run_script(model: str) -> None:
    """Fit one model to the study file named on the command line of a model's own script.

    Parameters
    ----------
    model : str
        Name of the model.
    """
    _run_alone("fit", f"python models/{model}.py", {"model": model})


def run_pool_script() -> None:
    """Pool the table named on the command line of the pooled model's own script."""
    _run_alone("pool", "python models/pooled.py", {})


def run_function(function: Callable[..., None]) -> None:
    """Run a function as a command of its own, which tells faults as the others do."""
    own = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    own.command(cls=Verb)(function)
    sys.exit(_guard(lambda: own(standalone_mode=False)))


def _run_alone(verb: str, program: str, given: Mapping[str, str]) -> None:
    """Run a verb as a program of its own, which has no options for what is given."""
    command: Any = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    command.params = [parameter for parameter in command.params if parameter.name not in given]
    command.callback = partial(command.callback, **given)
    sys.exit(_guard(lambda: command.main(sys.argv[1:], prog_name=program, standalone_mode=False)))


def _guard(command: Callable[[], object]) -> int:
    """Run a command; tell the user's faults from the program's own."""
    from typer.exceptions import TyperException

    from cochange.data.faults import CochangeError, InputError

    try:
        with stopping_when_terminated():
            result = command()
    except Stopped as stopped:
        typer.echo(str(stopped), err=True)
        return STOPPED
    except KeyboardInterrupt:
        result = STOPPED
    except CochangeError as error:
        typer.echo(str(error), err=True)
        if isinstance(error, InputError) and error.notices:
            from cochange.console import print_notices

            print_notices(error.notices)
        return 2
    except TyperException as error:
        how_it_is_used: Any = error
        how_it_is_used.show()
        return 2
    if result == STOPPED:
        typer.echo("Stopped: nothing was done.", err=True)
    return result if isinstance(result, int) else 0
