"""The rows of the table: how each is measured. Peers and cochange take turns within a row."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import joint_change
from brms_peer import Brms
from effective import Sampled
from found import Found, Setting, faster
from made_studies import change_table, of_visits, simulated
from prior_swap import SETS, VARIED, brms_refit, reached
from whole_process import COMMAND, caches, fit_command, process

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.models import repeated_measures

HERE = Path(__file__).resolve().parent
# Fits of the shorter of two calibrations.
FEW = 20
NO_R = "R with {} is not installed here"
NO_PYTHON = "no Python with {} was named (--peers)"


def help_of_the_command(setting: Setting) -> list[Found]:
    """`cochange --help`."""
    process((*COMMAND, "--help"), dict(os.environ))
    seconds = [process((*COMMAND, "--help"), dict(os.environ))[0] for _ in range(setting.runs)]
    return [faster("`cochange --help`", statistics.median(seconds), 0.4)]


def regression(setting: Setting) -> list[Found]:
    """A whole process of one mixed regression, compiled before, beside rstanarm and bambi on the same trial."""
    study = simulated(setting.folder / "trial", 116, pooled=True, complete=True)
    table = change_table(setting.folder / "trial", study)
    ours = (*fit_command("symptom_change", study.path), "--cores", str(setting.cores))
    given = (str(table), str(setting.cores))
    peers: dict[str, tuple[str, ...]] = {}
    if rstanarm := _r_version("rstanarm"):
        peers[rstanarm] = ("Rscript", str(HERE / "peers" / "rstanarm_regression.R"), *given)
    if bambi := _python_version(setting.peers, "bambi"):
        peers[bambi] = (str(setting.peers), str(HERE / "peers" / "bambi_regression.py"), *given)
    mine, theirs = _in_turns(setting, ours, peers)
    absent = {} if rstanarm else {"rstanarm": NO_R.format("rstanarm")}
    absent |= {} if bambi else {"bambi": NO_PYTHON.format("bambi")}
    what = "whole process of one regression fit, warm cache"
    return [
        *(faster(what, mine, 2, peer, seconds, 2) for peer, seconds in theirs.items()),
        *(faster(what, mine, 2, peer, None, 2, reason) for peer, reason in absent.items()),
    ]


def joint_process(setting: Setting) -> list[Found]:
    """A whole process of one `joint_change` fit, compiled before, beside one of brms, which compiles each time."""
    study = simulated(setting.folder / "trial", 116, pooled=True, complete=True)
    mine, _ = _in_turns(setting, (*fit_command("joint_change", study.path), "--cores", str(setting.cores)), {})
    theirs, brms = None, _r_version("brms")
    if brms:
        peer = Brms(setting.folder / "trial")
        compiling = peer.ask("compile", change_table(setting.folder / "trial", study), "pooled")[0]
        theirs = peer.starting + compiling + peer.sample("sample", 1, setting.cores)[0].seconds
        peer.close()
    what = "whole process of one `joint_change` fit, warm cache"
    return [faster(what, mine, 3, brms or "brms", theirs, 15, "" if brms else NO_R.format("brms"))]


def effective_draws(setting: Setting) -> list[Found]:
    """Effective draws per second beside brms."""
    rows, _ = joint_change.measure_brms(setting.folder, _options(setting), setting.say)
    return _of_rows(rows, _r_version("brms") or "brms", NO_R.format("brms"))


def repeated(setting: Setting) -> list[Found]:
    """Effective draws per second of `repeated_measures`, unstructured over four visits, beside brms."""
    study, table = of_visits(setting.folder, 200)
    ours = joint_change.Sampler(study, repeated_measures.PRIORS["reference"], setting.cores, repeated_measures)
    ours.sample(0)
    mine: list[Sampled] = []
    theirs: list[Sampled] = []
    brms = _r_version("brms")
    peer = Brms(setting.folder) if brms else None
    if peer:
        peer.ask("compile", table, "visits")
    for run in range(setting.runs):
        mine.append(ours.sample(run + 1))
        setting.say(f"repeated_measures: {mine[-1].effective:.0f} in {mine[-1].seconds:.2f} s")
        if peer:
            theirs.append(peer.sample("sample", run + 1, setting.cores)[1])
            setting.say(f"brms by Stan's own clock: {theirs[-1].effective:.0f} in {theirs[-1].seconds:.2f} s")
    if peer:
        peer.close()
    rate = statistics.median(each.rate for each in mine)
    other = statistics.median(each.rate for each in theirs) if theirs else None
    return [
        Found(
            what="effective draws a second of `repeated_measures`, four visits, unstructured, complete data",
            ours=rate,
            unit="ESS/s",
            target="none stated",
            met=None,
            peer=f"{brms}, Stan's own clock" if brms else "brms",
            theirs=other,
            ratio=None if other is None else rate / other,
            reason="" if brms else NO_R.format("brms"),
        )
    ]


def limits(setting: Setting) -> list[Found]:
    """Effective draws per second with a limit of detection, beside JAGS."""
    rows = joint_change.measure_jags(setting.folder, _options(setting), setting.say)
    if not rows:
        raise SystemExit("the row limits needs the OPT trial: name its folder with --realdata")
    return _of_rows(rows, "JAGS", "JAGS is not installed here")


def one_more_prior(setting: Setting) -> list[Found]:
    """One more prior after the first fit: a grid, and each shipped set as it is reached, beside a refit of brms."""
    folder = setting.folder / "made"
    made = simulated(folder, 116, pooled=True, complete=True)
    brms = _r_version("brms")
    refit, reason = (brms_refit(folder, made, setting.cores), "") if brms else (None, NO_R.format("brms"))
    found = []
    for trial, study in (("the shipped trial", read_study(example_path())), ("a trial without limits", made)):
        grid = statistics.median(one.seconds for one in reached(study, SETS[:1], (VARIED,)))
        found.append(
            faster(f"one more prior of a grid on {trial}, median", grid, 0.3, brms or "brms", refit, 100, reason)
        )
        for one in reached(study, SETS):
            what = f"one more prior, `{one.prior}` on {trial}, {one.how}"
            found.append(faster(what, one.seconds, 0.3, brms or "brms", refit, 100, reason))
    return found


def whole_run(setting: Setting) -> list[Found]:
    """`cochange run` on the shipped trial, with nothing compiled before and with everything."""

    def run(place: str) -> float:
        words = ("run", str(example_path()), "--out", str(setting.folder / place), "--cores", str(setting.cores))
        return process((*COMMAND, *words, "--quiet"), caches(setting.folder / "cache"))[0]

    first = run("first")
    setting.say(f"whole run, nothing compiled: {first:.1f} s")
    again = [run(f"again{number}") for number in range(setting.runs)]
    return [
        faster("whole run of one study, the first ever", first, 120),
        faster("whole run of one study, everything compiled", statistics.median(again), 20),
    ]


def calibration(setting: Setting) -> list[Found]:
    """Calibration fits of `joint_change` on all cores, beside simuk on the bivariate regression of the changes."""

    def ours(fits: int, place: str) -> float:
        words = ("calibrate", "joint_change", "--fits", str(fits), "--cores", str(setting.cores))
        command = (*COMMAND, *words, "--out", str(setting.folder / place), "--quiet")
        return process(command, dict(os.environ))[0]

    ours(FEW, "warm")
    # What starts, loads and reports once is told from what each fit takes by two runs of different length.
    few, many = ours(FEW, "few"), ours(setting.fits, "many")
    per_fit, theirs, reason = (many - few) / (setting.fits - FEW), None, NO_PYTHON.format("simuk")
    simuk = _python_version(setting.peers, "simuk")
    if simuk:
        study = simulated(setting.folder / "trial", 116, pooled=False, complete=True)
        table = change_table(setting.folder / "trial", study)
        script = str(HERE / "peers" / "simuk_bivariate.py")
        told = subprocess.run(
            (str(setting.peers), script, str(table), str(setting.cores)), capture_output=True, text=True, check=True
        )
        theirs, reason = float(json.loads(told.stdout.splitlines()[-1])["seconds_a_fit"]), ""
    what = f"1,000 calibration fits of `joint_change`, from {setting.fits}"
    thousand = faster(what, few + (1000 - FEW) * per_fit, 240)
    ratio = None if theirs is None else theirs / per_fit
    beside = Found(
        what="one calibration fit of `joint_change`",
        ours=per_fit,
        unit="s",
        target="20 times faster than simuk",
        met=None if ratio is None else ratio >= 20,
        peer=simuk or "simuk",
        theirs=theirs,
        ratio=ratio,
        reason=reason,
    )
    return [thousand, beside]


def scaling(setting: Setting) -> list[Found]:
    """Sampling time of `joint_change` from 100 to 100,000 participants without censoring."""
    rows = joint_change.measure_scaling(setting.folder, _options(setting), setting.say)
    return [
        Found(
            what=f"sampling, {row.what}",
            ours=row.ours,
            unit="s",
            target=row.target,
            met=row.met,
            peer="100 participants",
            theirs=row.peer,
            ratio=row.ratio,
        )
        for row in rows
        if row.target
    ]


ROWS: Mapping[str, Callable[[Setting], list[Found]]] = {
    "help": help_of_the_command,
    "regression": regression,
    "joint": joint_process,
    "effective": effective_draws,
    "repeated": repeated,
    "limits": limits,
    "prior": one_more_prior,
    "run": whole_run,
    "calibration": calibration,
    "scaling": scaling,
}


def _in_turns(
    setting: Setting, ours: tuple[str, ...], peers: Mapping[str, tuple[str, ...]]
) -> tuple[float, dict[str, float]]:
    """Medians of whole processes that take turns; each has run once before, so that all it compiles is there."""
    commands = {"cochange": ours, **peers}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    # cochange keeps what it compiles; peers have the caches of the user.
    once = {name: partial(process, command, caches(setting.folder / "warm")) for name, command in commands.items()}
    for run in range(setting.runs + 1):
        for name in commands:
            elapsed = once[name]()[0]
            setting.say(f"{name}, {'not counted' if run == 0 else f'run {run}'}: {elapsed:.2f} s")
            if run > 0:
                seconds[name].append(elapsed)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return medians.pop("cochange"), medians


def _options(setting: Setting) -> joint_change.Options:
    return joint_change.Options(joint_change.PARTS, setting.runs, setting.cores, False, setting.realdata)


def _of_rows(rows: list[joint_change.Row], peer: str, absent: str) -> list[Found]:
    """Rows of effective draws per second."""
    return [
        Found(
            what=f"effective draws a second of `joint_change`: {row.what}",
            ours=row.ours,
            unit=row.unit,
            target=f"{row.target} times {peer}",
            met=row.met,
            peer=peer,
            theirs=row.peer,
            ratio=row.ratio,
            reason=absent if row.peer is None else "",
        )
        for row in rows
    ]


def _r_version(package: str) -> str:
    """Name and version of a package of R; empty where there is none."""
    if shutil.which("Rscript") is None:
        return ""
    return _named(package, ("Rscript", "-e", f"cat(as.character(packageVersion('{package}')))"))


def _python_version(interpreter: Path | None, package: str) -> str:
    """Name and version of a package of another Python; empty where there is none."""
    if interpreter is None:
        return ""
    code = f"import importlib.metadata; print(importlib.metadata.version('{package}'))"
    return _named(package, (str(interpreter), "-c", code))


def _named(package: str, command: tuple[str, ...]) -> str:
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{package} {told.stdout.strip()}" if told.returncode == 0 else ""
