"""May the results be reported? Each fit is judged, and the run as a whole, with reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cochange.data.study import Study
from cochange.inference.convergence import Convergence
from cochange.inference.estimates import Estimate
from cochange.inference.fit import Fit
from cochange.inference.kinds import kinds_of
from cochange.inference.settings import ESS_MIN, R_HAT_MAX
from cochange.models.parts.selection import Selection

Status = Literal["report", "caution", "do not report"]
ORDER: tuple[Status, ...] = ("report", "caution", "do not report")

# Under 400 the estimates of R-hat and of the effective sample size are themselves unsteady
# (Vehtari et al. 2021, doi:10.1214/20-BA1221).
ESS_LEAST = 400.0
R_HAT_MOST = 1.05
# Under this, chains change their energy too slowly to reach the tails (Betancourt 2016, arXiv:1604.00695).
BFMI_LEAST = 0.3
# Share of the draws. A few divergences may be chance; more show a region that the chains do not enter, and a bias that
# no number of draws removes.
DIVERGENT_MOST = 0.001
# Shares of the values of a visit, and of the participants.
CENSORED_MUCH = 0.5
USED_LITTLE = 0.5


@dataclass(frozen=True)
class Diagnostics:
    """The judgement of one fit.

    Attributes
    ----------
    model, prior : str
        Names of the fit.
    r_hat : float
        Largest R-hat of the estimands and top-level parameters.
    ess_bulk, ess_tail : float
        Least effective sample sizes of the estimands.
    divergences : int
        Divergent transitions after warm-up.
    bfmi : float
        Least energy fraction of missing information of the chains.
    max_treedepth_share : float
        Share of draws whose trajectory was cut at its longest.
    draws, tune, chains, attempts : int
        How it was sampled.
    target_accept, seconds_sampling : float
        How it was sampled.
    status : {"report", "caution", "do not report"}
        The judgement.
    reasons : tuple of str
        Why it is not ``"report"``.
    """

    model: str
    prior: str
    r_hat: float
    ess_bulk: float
    ess_tail: float
    divergences: int
    bfmi: float
    max_treedepth_share: float
    draws: int
    tune: int
    chains: int
    attempts: int
    target_accept: float
    seconds_sampling: float
    status: Status
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """The judgement of a run.

    Attributes
    ----------
    status : {"report", "caution", "do not report"}
        The worst of its fits and of what the study calls for.
    reasons : tuple of str
        Why it is not ``"report"``.
    """

    status: Status
    reasons: tuple[str, ...]


def diagnose(fit: Fit, state: Convergence) -> Diagnostics:
    """Judge one fit.

    Parameters
    ----------
    fit : Fit
        The fit.
    state : Convergence
        How well its chains agree and how much they tell.
    """
    total = fit.draws * fit.chains
    findings: list[tuple[Status, str]] = []
    if np.isnan([state.r_hat, state.ess]).any():
        reason = "there is neither R-hat nor effective sample size: draws are not finite, or all of them are the same"
        findings.append(("do not report", reason))
    if state.r_hat > R_HAT_MAX:
        status, bound = _missed(state.r_hat > R_HAT_MOST, R_HAT_MOST, R_HAT_MAX)
        findings.append((status, f"R-hat {state.r_hat:.3f} is above {bound}: the chains disagree"))
    if state.ess < ESS_MIN:
        status, bound = _missed(state.ess < ESS_LEAST, ESS_LEAST, ESS_MIN)
        findings.append((status, f"an effective sample size of {state.ess:.0f} is under {bound}"))
    if state.divergences:
        status, bound = _missed(state.divergences > DIVERGENT_MOST * total, DIVERGENT_MOST * total, 0)
        diverged = f"{state.divergences} of {total} draws diverged at a target acceptance of {fit.target_accept}"
        findings.append((status, f"{diverged}, more than {bound}"))
    if np.isnan(state.bfmi):
        reason = (
            "there is no energy fraction of missing information: the sampler's energies are not finite, or all of them "
            "are the same"
        )
        findings.append(("caution", reason))
    if state.bfmi < BFMI_LEAST:
        findings.append(
            (
                "caution",
                f"the energy fraction of missing information, {state.bfmi:.2f}, is under {BFMI_LEAST}, the bound for "
                "caution",
            )
        )
    return Diagnostics(
        model=fit.model,
        prior=fit.prior,
        r_hat=state.r_hat,
        ess_bulk=state.ess_bulk,
        ess_tail=state.ess_tail,
        divergences=state.divergences,
        bfmi=state.bfmi,
        max_treedepth_share=state.at_max_depth,
        draws=fit.draws,
        tune=fit.tune,
        chains=fit.chains,
        attempts=fit.attempts,
        target_accept=fit.target_accept,
        seconds_sampling=fit.seconds_sampling,
        status=_worst(status for status, _ in findings),
        reasons=tuple(reason for _, reason in findings),
    )


def _missed(failed: bool, for_reporting: float, for_caution: float) -> tuple[Status, str]:
    """The status of a fit that misses a bound, and the bound that decides it."""
    if failed:
        return "do not report", f"{for_reporting:g}, the bound for reporting"
    return "caution", f"{for_caution:g}, the bound for caution"


def judge(
    diagnostics: Iterable[Diagnostics],
    study: Study,
    selections: Mapping[str, Selection],
    estimates: Sequence[Estimate] = (),
) -> Verdict:
    """Judge a run by its fits and its data.

    Parameters
    ----------
    diagnostics : iterable of Diagnostics
        The judgement of each fit.
    study : Study
        The study; limits that look substituted, and values mostly beyond their limits, call for caution.
    selections : mapping of str to Selection
        Whom each fitted model uses; less than half of the participants calls for caution.
    estimates : sequence of Estimate, optional
        The estimates of the models; what speaks of few participants is named by their kinds.
    """
    findings: list[tuple[Status, str]] = [
        (item.status, f"{item.model} under the {item.prior} prior: {reason}")
        for item in diagnostics
        for reason in item.reasons
    ]
    findings += [("caution", reason) for reason in data_cautions(study)]
    everyone = study.data.sizes["participant"]
    for name, chosen in selections.items():
        if not chosen.problem and len(chosen.used) < USED_LITTLE * everyone:
            kinds = ", ".join(kinds_of([row for row in estimates if row.model == name]))
            its = f"its estimates ({kinds})" if kinds else "its estimates"
            used = f"{name} uses {len(chosen.used)} of {everyone} participants"
            findings.append(("caution", f"{used}: {its} speak of these alone"))
    return Verdict(_worst(status for status, _ in findings), tuple(reason for _, reason in findings))


def data_cautions(study: Study) -> tuple[str, ...]:
    """What of the data a reader has to know before believing the results."""
    cautions = [notice.message for notice in study.notices if notice.caution]
    if study.marker is not None and study.has_two_visits:
        for visit in (study.baseline, study.follow_up):
            status = study.data["marker_status"].sel(marker=study.marker, visit=visit).values.astype(str)
            given = status != "missing"
            share = float(np.isin(status[given], ("below", "above")).mean()) if given.any() else 0.0
            if share > CENSORED_MUCH:
                cautions.append(
                    f"{share:.0%} of the {study.marker} values at {visit} lie beyond a limit of detection: what is "
                    "said of its change leans on the log-normal shape of values nobody measured"
                )
    return tuple(cautions)


def _worst(statuses: Iterable[Status]) -> Status:
    return max(statuses, key=ORDER.index, default="report")
