"""The verbs that sample or render, from paths to paths."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import typer

from cochange import console
from cochange.estimate_tables import print_estimates
from cochange.inference.earlier_run import replaced_results, replaced_run
from cochange.inference.lock import alone_in
from cochange.inference.named import read_named
from cochange.inference.plan import make_plan
from cochange.inference.primary import primary_not_given
from cochange.inference.restated import restated_notices
from cochange.inference.results import Results
from cochange.inference.run import count_fits, run_study
from cochange.inference.settings import Settings
from cochange.inference.store import load_results, load_study, save_results
from cochange.inference.unused import scenarios_nobody_gives
from cochange.progress import progress

NOT_TO_BE_REPORTED = 3


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a sampling command was asked for; empty or None stands for the study file's own.

    Attributes
    ----------
    verb : {"run", "fit", "demo", "compare-priors"}
        The command.
    study_file : Path
        The study file.
    out : Path or None
        Folder for the results; None to keep nothing.
    data_root : Path or None
        Folder of the data file.
    models, priors : tuple of str
        Models and prior sets.
    seed : int or None
        Seed of the run.
    draws, chains : int
        Draws of each chain to begin with, and chains.
    cores : int or None
        Chains run at once.
    double : bool
        Sample the main fit again with twice the draws.
    quiet : bool
        Print the path of the result alone.
    """

    verb: str
    study_file: Path
    out: Path | None
    data_root: Path | None = None
    models: tuple[str, ...] = ()
    priors: tuple[str, ...] = ()
    seed: int | None = None
    draws: int = 1000
    chains: int = 4
    cores: int | None = None
    double: bool = True
    quiet: bool = False

    def command(self, settings: Settings) -> str:
        """The command that gives the same results, with every option that bears on them."""
        words = ["cochange", self.verb, *([] if self.verb == "demo" else [str(self.study_file)]), "--out", "DIR"]
        if self.data_root is not None:
            words += ["--data-root", str(self.data_root)]
        for option, values in (("--model", self.models), ("--prior", self.priors)):
            words += [word for value in values for word in (option, value)]
        words += ["--seed", str(settings.seed), "--draws", str(settings.draws), "--chains", str(settings.chains)]
        words += ["--no-double"] if self.verb == "run" and not self.double else []
        return shlex.join(words)


def run(request: Request) -> None:
    """Check, fit, judge, and write the report.

    Raises
    ------
    typer.Exit
        With code 3 where the results must not be reported.
    """
    results = _sample(request)
    assert request.out is not None
    _render(results, request.out, request.quiet)


def fit(request: Request) -> None:
    """Fit, judge, print the estimates, and say where they are written."""
    results = _sample(request)
    if not request.quiet:
        print_estimates(results)
        kept = (
            "All numbers, with their schema and the manifest:" if request.out else "Nothing is kept without --out DIR."
        )
        console.ERR.print(kept)
    if request.out is not None:
        typer.echo(request.out / "results.json")
    _end(results)


def report(directory: Path, quiet: bool) -> None:
    """Write the results and the report of a run again from its stored draws."""
    load_study(directory)
    with alone_in(directory):
        results = load_results(directory, whole=False)
        save_results(directory, results)
    _render(results, directory, quiet)


def _sample(request: Request) -> Results:
    study = read_named(request.study_file, request.data_root, request.models, request.priors)
    settings = Settings(
        draws=request.draws,
        chains=request.chains,
        cores=request.cores,
        seed=study.spec.analysis.seed if request.seed is None else request.seed,
    )
    if not request.quiet:
        console.print_notices(study.notices)
    plan = make_plan(study, request.models, request.priors)
    if not request.quiet:
        console.print_same(plan.same)
        if request.verb == "run":
            console.print_notices(primary_not_given(study, plan.models, plan.not_fitted))
            console.print_notices(scenarios_nobody_gives(study, plan.models))
    if request.out is not None and not request.quiet:
        replaced = replaced_run(request.out, study) or replaced_results(request.out, study, plan.sets, settings)
        console.print_notices([] if replaced is None else [replaced])
    with progress(count_fits(study, plan, request.double), hidden=request.quiet) as reporter:
        return run_study(
            study,
            request.out,
            request.models,
            request.priors,
            settings,
            reporter,
            request.command(settings),
            request.double,
        )


def _render(results: Results, directory: Path, quiet: bool) -> None:
    from cochange.reports.document import write_report

    if not quiet:
        console.ERR.print("Writing the report.")
    with alone_in(directory):
        path = write_report(results, directory)
    if not quiet:
        console.print_notices(restated_notices(results.study, results.fits.values()))
        console.print_verdict(results)
    typer.echo(path)
    _end(results)


def _end(results: Results) -> None:
    if results.verdict.status == "do not report":
        raise typer.Exit(NOT_TO_BE_REPORTED)
