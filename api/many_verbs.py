"""The verbs of many fits: calibrate, cross-validate and plan."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cochange.options import DataRoot, OneModel, Out, Quiet, StudyFile
from cochange.verb import Verb

# What every command of many fits takes.
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the whole. [default: always the same]")]
Processes = Annotated[int | None, typer.Option("--cores", min=1, help="Processes at once. [default: all processors]")]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler.")
]

MAIN_PRIOR = "[default: the first that the study file names, or reference]"

app = typer.Typer()


@app.command(cls=Verb)
def calibrate(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model's name, of those `cochange models` lists, or a model file.")
    ],
    out: Out,
    fits: Annotated[int, typer.Option("--fits", min=20, help="How many data sets are drawn and fitted.")] = 200,
    prior: Annotated[str, typer.Option("--prior", metavar="SET", help=f"The prior set drawn from. {MAIN_PRIOR}")] = "",
    study: Annotated[
        Path | None,
        typer.Option("--study", metavar="STUDY.toml", help="A study of that design. [default: a reference design]"),
    ] = None,
    data_root: DataRoot = None,
    misspecified: Annotated[
        Literal["measurement", "outliers"] | None,
        typer.Option("--misspecified", help="What the data have and the fits do not know of."),
    ] = None,
    truth: Annotated[
        list[str] | None,
        typer.Option(
            "--truth",
            metavar="NAME=VALUE",
            help="A parameter or an estimand that is given instead of drawn: bias and coverage there; may be repeated.",
        ),
    ] = None,
    seed: Seed = None,
    cores: Processes = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Check a model on data simulated from its prior. Each truth drawn is ranked among its posterior draws."""
    from cochange import calibrating

    calibrating.run(
        calibrating.CalibrateRequest(
            model=model,
            out=out,
            fits=fits,
            prior=prior,
            study=study,
            data_root=data_root,
            misspecified=misspecified or "",
            truth=tuple(truth or ()),
            seed=seed,
            cores=cores,
            scheduler=scheduler,
            quiet=quiet,
        )
    )


@app.command(cls=Verb)
def cross_validate(
    study_file: StudyFile,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="joint_change, repeated_measures, growth, or a model file with log_likelihood and leave_out.",
        ),
    ],
    out: Out,
    prior: Annotated[
        str, typer.Option("--prior", metavar="SET", help=f"The prior set fitted under. {MAIN_PRIOR}")
    ] = "",
    folds: Annotated[
        int | None,
        typer.Option(
            "--folds", min=2, help="How many folds participants are spread over; not with --by site. [default: 10]"
        ),
    ] = None,
    by: Annotated[
        Literal["participant", "site"],
        typer.Option(
            "--by", help="What is left out at a time: participants of a fold, or everyone of a site, each site a fold."
        ),
    ] = "participant",
    data_root: DataRoot = None,
    seed: Seed = None,
    cores: Processes = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Compare forms of a model on participants left out. They are left out a fold, or a site, at a time."""
    from cochange import cross_validating

    cross_validating.run(
        cross_validating.CrossValidateRequest(
            study_file=study_file,
            model=model,
            out=out,
            prior=prior,
            folds=folds,
            by=by,
            data_root=data_root,
            seed=seed,
            cores=cores,
            scheduler=scheduler,
            quiet=quiet,
        )
    )


@app.command(cls=Verb)
def plan(
    study_file: StudyFile,
    out: Out,
    participants: Annotated[
        str, typer.Option("--participants", metavar="N,N,...", help="Numbers of participants to compare.")
    ],
    design_prior: Annotated[
        str, typer.Option("--design-prior", metavar="SET", help="The prior set that truths are drawn from.")
    ],
    prior: Annotated[
        str, typer.Option("--prior", metavar="SET", help=f"The prior set of the analysis. {MAIN_PRIOR}")
    ] = "",
    model: OneModel = "joint_change",
    decision: Annotated[
        str | None,
        typer.Option(
            "--decision",
            metavar="ESTIMAND=ENDING",
            help="What the study should end with, such as symptom_change='important decrease' or "
            "parallel_slope=increase. [default: an important difference of what the study file states one of]",
        ),
    ] = None,
    probability: Annotated[
        float | None,
        typer.Option("--probability", help="Posterior probability it needs. [default: by ci_prob of the study file]"),
    ] = None,
    smallest_important: Annotated[
        float | None,
        typer.Option("--smallest-important", help="Smallest important difference. [default: the study file's]"),
    ] = None,
    dropout: Annotated[
        str, typer.Option("--dropout", metavar="SHARE,...", help="Shares lost after baseline, such as 0,0.2.")
    ] = "0",
    lower_limit: Annotated[
        str,
        typer.Option(
            "--limit",
            metavar="LIMIT,...",
            help="Lower limits of detection of the marker, 0 for none. [default: the study file's]",
        ),
    ] = "",
    marker_reliability: Annotated[
        str,
        typer.Option(
            "--marker-reliability", metavar="SHARE,...", help="True reliabilities of the marker. [default: as drawn]"
        ),
    ] = "",
    score_reliability: Annotated[
        str,
        typer.Option(
            "--score-reliability", metavar="SHARE,...", help="True reliabilities of the score. [default: as drawn]"
        ),
    ] = "",
    truth: Annotated[
        list[str] | None,
        typer.Option(
            "--truth",
            metavar="NAME=VALUE",
            help="A parameter or an estimand that is given instead of drawn: the power there; may be repeated.",
        ),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            "--baseline",
            metavar="NAME=MEDIAN[,SD]",
            help="Expected baseline of a marker (SD of its natural log) or a score, of a study without data; once for "
            "each. [default: as in the data]",
        ),
    ] = None,
    arms: Annotated[str, typer.Option("--arms", metavar="CONTROL,OTHER", help="Arms of a study without data.")] = "",
    data_root: DataRoot = None,
    fits: Annotated[int, typer.Option("--fits", min=20, help="Simulated studies of each design.")] = 200,
    seed: Seed = None,
    cores: Processes = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Find the assurance of planned studies. It is how probable it is that one ends with its decision, by design."""
    from cochange import planning

    planning.run(
        planning.PlanRequest(
            study_file=study_file,
            out=out,
            participants=participants,
            design_prior=design_prior,
            prior=prior,
            model=model,
            decision=decision,
            probability=probability,
            smallest_important=smallest_important,
            dropout=dropout,
            lower_limit=lower_limit,
            marker_reliability=marker_reliability,
            score_reliability=score_reliability,
            truth=tuple(truth or ()),
            baseline=tuple(baseline or ()),
            arms=arms,
            data_root=data_root,
            fits=fits,
            seed=seed,
            cores=cores,
            scheduler=scheduler,
            quiet=quiet,
        )
    )
