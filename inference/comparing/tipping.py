"""How sceptical the prior of an effect must be before the conclusion on it changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.study import Study, require_study
from cochange.inference.comparing.comparison import Comparison, Work, require_comparison
from cochange.inference.comparing.rows import NEAR, Compared, scale_of
from cochange.inference.named import named_model
from cochange.inference.plan import check_stated, main_prior, require_allowed
from cochange.inference.progress import Progress, Silent
from cochange.inference.settings import Settings, settings_of
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Normal
from cochange.models.parts.prior_sets import ParameterNote, PriorsLike, families, notes

HALVINGS = 8
# The two SDs between which the direction is no longer named are at most this factor apart at the end.
CLOSE = 1.1
MOST_FITS = 8


@dataclass(frozen=True, eq=False)
class Tipping:
    """The conclusion on one estimand under ever more sceptical priors of one parameter.

    Attributes
    ----------
    study : Study
        The study.
    main : Compared
        The estimand under the main set.
    parameter : str
        The parameter whose prior is made sceptical: normal around zero.
    note : ParameterNote
        Its unit and meaning.
    points : mapping of float to Compared
        The estimand by the SD of that prior, the widest first.
    tip, tip_lower, tip_upper : float or None
        The SD under which the direction is no longer named, and what two Monte Carlo standard errors make of it; None
        where the direction is named under each prior tried, or was not named under the widest.
    implied : mapping of float to float
        SD of the prior that each of these implies for the estimand; for a ratio, of its logarithm.
    tip_implied : float or None
        The same at the tip.
    fits : int
        Prior sets that were sampled, the main one with them; the others are reweighted or moment-matched.
    spent : bool
        Whether the search ended because it had sampled as often as it may.
    """

    study: Study
    main: Compared
    parameter: str
    note: ParameterNote
    points: dict[float, Compared]
    tip: float | None
    tip_lower: float | None
    tip_upper: float | None
    implied: dict[float, float]
    tip_implied: float | None
    fits: int
    spent: bool

    @property
    def widest(self) -> Compared:
        """The estimand under the widest sceptical prior."""
        return next(iter(self.points.values()))

    def towards(self, row: Compared) -> float:
        """Posterior probability of the side the estimate lies on under the widest prior."""
        return _towards(row, self.widest)


def tipping(
    study: Study,
    model: str,
    estimand: str,
    parameter: str,
    priors: str = "",
    settings: Settings | None = None,
    progress: Progress | None = None,
    comparison: Comparison | None = None,
) -> Tipping:
    """Find how sceptical the prior of a parameter must be before the direction of an estimand is no longer named.

    The parameter gets a normal prior around zero, at first with the SD of the main set. The SD is halved until the
    direction is no longer named, at most eight times, then bisected on the log scale until two SDs are within 10%;
    between these, the probit of the probability of direction is taken to be straight in the log of the SD. Each prior
    is tried with the draws of those sampled before, reweighted or moment-matched, and sampled where no weights hold: at
    most eight fits.

    Parameters
    ----------
    study : Study
        The study.
    model : str
        Name of a model that ships, or the path of a model file.
    estimand, parameter : str
        The conclusion, and the parameter whose prior is made sceptical. Zero must mean no effect for the parameter.
    priors : str
        The main prior set; the study file's first by default.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.
    progress : Progress, optional
        Told of each step.
    comparison : Comparison, optional
        A comparison of the same study and model whose main set is this one: its draws are taken over.

    Raises
    ------
    InputError
        If there is no such model, or it has no such estimand with a value of no change or no such parameter with a
        normal prior.
    NothingToFitError
        If the study does not allow the model.
    TypeError
        If an argument is of another kind, such as the path of a study in place of it.
    """
    require_study(study)
    own_settings = settings_of(study, settings)
    if comparison is not None:
        require_comparison(comparison)
    chosen = named_model(model)
    check_stated(study, [chosen])
    name, main = main_prior(study, chosen, priors, "priors")
    check_tipping(chosen, main, estimand, parameter)
    require_allowed(study, chosen)
    work = Work(chosen, study, own_settings, False, progress or Silent(), reuse=True)
    under = work.under(name, main) if comparison is None else work.begin_with(comparison)
    place = next((at for at, row in enumerate(under.rows) if row.estimate.estimand == estimand), None)
    if place is None:
        raise InputError([_of_estimand("an estimand this study allows", estimand, "name another one")])
    family = families(main)[parameter]
    assert isinstance(family, Normal)
    implied: dict[float, float] = {}

    def at(sd: float) -> Compared | None:
        sceptical = replace(family, mean=0.0, sd=sd, source="made sceptical")
        changed: PriorsLike = replace(main, **{parameter: sceptical})
        if work.sampled >= MOST_FITS and work.needs_sampling(changed):
            return None
        found = work.under(f"{parameter} ~ Normal(0, {sd:.3g})", changed)
        row = found.rows[place]
        implied[sd] = float(np.std(scale_of(row.estimate)(found.samples[place].before), ddof=1))
        return row

    points, ends, spent = _search(at, family.sd)
    tips: tuple[float, ...] | None = None
    tip_implied = None
    if ends is not None:
        tips = tuple(_crossing(ends, points[family.sd], shift) for shift in (0.0, NEAR, -NEAR))
        sds = sorted(implied)
        tip_implied = float(np.exp(np.interp(np.log(tips[0]), np.log(sds), np.log([implied[sd] for sd in sds]))))
    tip, low, high = tips or (None, None, None)
    return Tipping(
        study=study,
        main=under.rows[place],
        parameter=parameter,
        note=notes(main)[parameter],
        points={sd: points[sd] for sd in sorted(points, reverse=True)},
        tip=tip,
        tip_lower=low,
        tip_upper=high,
        implied={sd: implied[sd] for sd in sorted(implied, reverse=True)},
        tip_implied=tip_implied,
        fits=work.sampled,
        spent=spent,
    )


Ends = list[tuple[float, Compared]]


def _search(at: Callable[[float], Compared | None], start: float) -> tuple[dict[float, Compared], Ends | None, bool]:
    """The estimand at each SD tried, the two SDs between which it tips, and whether there was nothing left to spend."""
    first = at(start)
    assert first is not None
    points, direction = {start: first}, first.decision.direction
    if direction == "unclear":
        return points, None, False
    sd = start
    while points[sd].decision.direction == direction:
        if len(points) > HALVINGS:
            return points, None, False
        if (row := at(sd / 2)) is None:
            return points, None, True
        sd /= 2
        points[sd] = row
    wide, narrow = 2 * sd, sd
    while wide / narrow > CLOSE:
        middle = float(np.sqrt(wide * narrow))
        if (row := at(middle)) is None:
            break
        points[middle] = row
        if row.decision.direction == direction:
            wide = middle
        else:
            narrow = middle
    return points, [(end, points[end]) for end in (narrow, wide)], wide / narrow > CLOSE


def _towards(row: Compared, widest: Compared) -> float:
    p, side = row.estimate.p_direction, row.estimate.side
    assert p is not None
    return p if side == widest.estimate.side else 1 - p


def _crossing(ends: Ends, widest: Compared, shift: float) -> float:
    """Where the probability of direction crosses its bound, when it is larger by so many Monte Carlo errors."""
    bound = (1 + widest.estimate.ci_prob) / 2
    logs, probits = [], []
    for sd, row in ends:
        p = _towards(row, widest)
        error = np.sqrt(bound * (1 - bound) / row.estimate.ess_tail)
        logs.append(np.log(sd))
        probits.append(stats.norm.ppf(np.clip(p + shift * error, 1e-6, 1 - 1e-6)))
    rise = (probits[1] - probits[0]) / (logs[1] - logs[0])
    if rise <= 0:
        return float(np.exp(np.mean(logs)))
    return float(np.exp(logs[0] + (stats.norm.ppf(bound) - probits[0]) / rise))


def read_tipping(text: str) -> tuple[str, str]:
    """An estimand and a parameter as written on the command line, ``ESTIMAND=PARAMETER``.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    estimand, _, parameter = (word.strip() for word in text.partition("="))
    if not estimand or not parameter:
        required, advice = "ESTIMAND=PARAMETER", "write it like symptom_change=intercept"
        raise InputError([Fault("tipping", None, None, required, f"'{text}'", advice)])
    return estimand, parameter


def check_tipping(model: Model, main: PriorsLike, estimand: str, parameter: str) -> None:
    """Check before anything is sampled that a tipping prior can be asked for; arguments and faults as in `tipping`."""
    faults = []
    directed = [name for name, item in model.estimands.items() if item.null is not None]
    if estimand not in directed:
        faults.append(_of_estimand("an estimand with a value of no change", estimand, choice(estimand, directed)))
    normal = [name for name, family in families(main).items() if type(family) is Normal]
    if parameter not in normal:
        required = "a parameter with a normal prior"
        faults.append(Fault("parameter", None, None, required, f"'{parameter}'", choice(parameter, normal)))
    if faults:
        raise InputError(faults)


def _of_estimand(required: str, found: str, action: str) -> Fault:
    return Fault("estimand", None, None, required, f"'{found}'", action)
