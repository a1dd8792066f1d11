"""One model under many prior sets, through one compilation for all sets of the same families."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.arguments import require
from cochange.data.names import listed_names
from cochange.data.study import Study, require_study
from cochange.inference.comparing.coordinates import Coordinates, coordinates_of
from cochange.inference.comparing.grid import Vary, listed_vary, sets_of, told_of_main
from cochange.inference.comparing.log_prior import LogPrior, log_prior_of
from cochange.inference.comparing.moment_matching import nowhere_wider
from cochange.inference.comparing.moved import moved_draws
from cochange.inference.comparing.rows import Compared, How, Sample, compared, samples_of
from cochange.inference.comparing.weighted import reweighted, sizes_of_moved, sizes_of_stored
from cochange.inference.comparing.weights import Weights, smoothed
from cochange.inference.compiled import Compiled, compile_telling
from cochange.inference.estimates import decide, estimate
from cochange.inference.fit import Drawn, sample_posterior
from cochange.inference.named import named_model
from cochange.inference.plan import check_stated, require_allowed, told_of_same
from cochange.inference.predictive import PRIOR_DRAWS
from cochange.inference.progress import Progress, Silent
from cochange.inference.settings import Settings, settings_of
from cochange.inference.verdict import ESS_LEAST, Diagnostics, diagnose
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, structure

# Many other sets share the draws of the main one.
MAIN_DRAWS = 3
# Sets that weights do not reach are wider as a rule and mix more slowly: more draws cost less than a second attempt.
FAR_DRAWS = 2


@dataclass(frozen=True, eq=False)
class Under:
    """A model under one prior set.

    Attributes
    ----------
    prior : str
        Name of the set.
    drawn : Drawn
        Its own draws, or those of a sampled set that are reweighted, as they are or moved by moment matching.
    diagnostics : Diagnostics
        The judgement of those draws.
    weights : Weights or None
        Weights of the other set's draws; None where it was sampled itself.
    refused : Weights or None
        Weights of the draws as they are that did not hold, so that it was moment-matched or sampled.
    seconds : float
        What this set cost, from its values to its rows, apart from a compilation.
    rows : tuple of Compared
        Its estimands.
    samples : tuple of Sample
        Their draws, in the same order.
    """

    prior: str
    drawn: Drawn
    diagnostics: Diagnostics
    weights: Weights | None
    refused: Weights | None
    seconds: float
    rows: tuple[Compared, ...]
    samples: tuple[Sample, ...]

    @property
    def how(self) -> How:
        """How it came about."""
        return self.rows[0].how

    @property
    def least_ess(self) -> float:
        """Least effective sample size of its estimands, but for those that every draw gives alike."""
        rows = [row.estimate for row, own in zip(self.rows, self.samples, strict=True) if np.ptp(own.after) > 0]
        return min((min(row.ess_bulk, row.ess_tail) for row in rows), default=math.nan)


@dataclass(frozen=True, eq=False)
class Comparison:
    """A model under many prior sets.

    Attributes
    ----------
    study : Study
        The study.
    model : Model
        The model.
    sets : mapping of str to Priors
        The prior sets in the units of the study, the main one first.
    varied : tuple of Vary
        Hyperparameters that were varied from the main set.
    under : tuple of Under
        The model under each set, in their order.
    notes : tuple of str
        What the user has to know: the main set in the grid, what other families cost, weights that did not hold.
    compiled : mapping of tuple to Compiled
        The compilations, by the families they are for.
    """

    study: Study
    model: Model
    sets: Mapping[str, PriorsLike]
    varied: tuple[Vary, ...]
    under: tuple[Under, ...]
    notes: tuple[str, ...]
    compiled: Mapping[tuple[tuple[str, str], ...], Compiled]

    @property
    def main(self) -> Under:
        """The model under the main set."""
        return self.under[0]

    @property
    def rows(self) -> tuple[Compared, ...]:
        """Every estimand under every set, the sets of an estimand together."""
        return tuple(item for rows in zip(*(under.rows for under in self.under), strict=True) for item in rows)


def require_comparison(given: object) -> None:
    """Refuse what is no comparison of prior sets.

    Raises
    ------
    TypeError
        With how one is made.
    """
    require(given, Comparison, "comparison must be a Comparison, as cochange.compare_priors(STUDY, MODEL) gives")


def compare_priors(
    study: Study,
    model: str,
    priors: str | Sequence[str] = (),
    vary: Vary | Sequence[Vary] = (),
    settings: Settings | None = None,
    refit: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the prior sets of a model, and a grid over one or two hyperparameters of the main set.

    The main set is sampled, with three times the draws asked for. Draws of the sets sampled so far are reweighted to
    every other set of the same families where importance sampling holds and leaves an effective sample size of 400.
    Where it does not, and no parameter has a wider prior than those draws had, they are first moved by moment matching;
    a wider prior may hold mass where no draw has been, which no weights would tell. Otherwise the set is sampled
    through the same compilation, with twice the draws asked for. Sets with other families cost a compilation each.

    Parameters
    ----------
    study : Study
        From `cochange.read_study`.
    model : str
        Name of a model that ships, or the path of a model file.
    priors : str or sequence of str, optional
        Prior sets, the main one first; those of the study file by default, or every set there is.
    vary : Vary or sequence of Vary, optional
        Hyperparameters to vary from the main set.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.
    refit : bool
        Sample every set, reweight none.
    progress : Progress, optional
        Told of each step.

    Returns
    -------
    Comparison

    Raises
    ------
    ContractError
        If the model file does not meet the contract.
    InputError
        If there is no such model, prior set or hyperparameter, or a value it cannot have.
    NothingToFitError
        If the study does not allow the model.
    TypeError
        If an argument is of another kind, such as the path of a study in place of it.

    References
    ----------
    Kallioinen N, Paananen T, Buerkner P-C, Vehtari A (2024). Detecting and diagnosing prior and likelihood sensitivity
    with power-scaling. Statistics and Computing 34, 57. doi:10.1007/s11222-023-10366-5

    Paananen T, Piironen J, Buerkner P-C, Vehtari A (2021). Implicitly adaptive importance sampling. Statistics and
    Computing 31, 16. doi:10.1007/s11222-020-09982-2
    """
    require_study(study)
    priors, vary = listed_names(priors, "priors"), listed_vary(vary)
    settings = settings_of(study, settings)
    chosen = named_model(model)
    check_stated(study, [chosen])
    sets, same = sets_of(study, chosen, priors, vary)
    require_allowed(study, chosen)
    work = Work(chosen, study, settings, refit, progress or Silent())
    under = tuple(work.under(name, own) for name, own in sets.items())
    notes = (*told_of_same({chosen.name: same}), *told_of_main(sets, vary), *work.notes)
    return Comparison(study, chosen, sets, vary, under, notes, work.compiled)


@dataclass(frozen=True, eq=False)
class _Base:
    """A set with draws of its own, which may be reweighted to others."""

    under: Under
    priors: PriorsLike
    log_prior: np.ndarray

    def enough(self, weights: Weights) -> bool:
        state = self.under.drawn.state
        return weights.hold and state.enough and state.ess * weights.efficiency >= ESS_LEAST


class Work:
    """The sets one after another; the first is the main one.

    Parameters
    ----------
    model, study, settings, refit, progress
        As in `compare_priors`.
    reuse : bool
        Give every sampled set as many draws as the main one, where most sets are to be reweighted from the others.
    """

    def __init__(
        self, model: Model, study: Study, settings: Settings, refit: bool, progress: Progress, reuse: bool = False
    ) -> None:
        self.model, self.study, self.settings, self.refit, self.progress = model, study, settings, refit, progress
        self.reuse = reuse
        self.compiled: dict[tuple[tuple[str, str], ...], Compiled] = {}
        self.notes: list[str] = []
        self.sampled = 0
        self.bases: list[_Base] = []
        self.log_prior: LogPrior | None = None
        self.coordinates: Coordinates | None = None

    @property
    def main(self) -> Under | None:
        """The model under the main set, once it is there."""
        return self.bases[0].under if self.bases else None

    def under(self, prior: str, priors: PriorsLike) -> Under:
        """The model under one set."""
        compiled = self._compiled(prior, priors)
        start = time.perf_counter()
        found, refused = self._reached(prior, priors, start)
        if found is None:
            settings = self.settings
            if self.reuse or not self.bases:
                settings = _with_draws(settings, MAIN_DRAWS)
            elif refused is not None:
                settings = _with_draws(settings, FAR_DRAWS)
            found = self._sampled(prior, priors, compiled, settings, refused, start)
            self.sampled += 1
            self._keep(found, priors, compiled)
        self.progress.finished()
        return found

    def begin_with(self, comparison: Comparison) -> Under:
        """Take over the main set of a comparison of the same model and study, instead of sampling it again."""
        priors = next(iter(comparison.sets.values()))
        self.compiled.update(comparison.compiled)
        self._keep(comparison.main, priors, self.compiled[structure(priors)])
        self.sampled += 1
        return comparison.main

    def needs_sampling(self, priors: PriorsLike) -> bool:
        """Whether a set cannot be had from the draws there are."""
        return self._reached("", priors, time.perf_counter())[0] is None

    def _keep(self, found: Under, priors: PriorsLike, compiled: Compiled) -> None:
        """Draws that others may be reweighted from: the main set's, and those of other sets of its families."""
        if not self.bases:
            self.log_prior = log_prior_of(compiled, priors)
        elif structure(priors) != structure(self.bases[0].priors):
            return
        assert self.log_prior is not None
        self.bases.append(_Base(found, priors, self.log_prior.of(found.drawn.variables, priors)))

    def _compiled(self, prior: str, priors: PriorsLike) -> Compiled:
        key = structure(priors)
        if key not in self.compiled:
            why = ""
            if self.compiled:
                first = dict(next(iter(self.compiled)))
                other = [f"{name}: {family}" for name, family in key if first.get(name) != family]
                note = f"the prior set {prior} has other families ({', '.join(other)}): it costs a compilation"
                self.notes.append(note)
                why = f" again, {note}"
            self.compiled[key] = compile_telling(self.model, self.study, priors, self.progress, why)
        return self.compiled[key]

    def _reached(self, prior: str, priors: PriorsLike, start: float) -> tuple[Under | None, Weights | None]:
        """The model under a set from the draws of another, and the weights of draws as they are that did not hold.

        Neither where two sets do not differ by a log prior alone.
        """
        if self.refit or not self.bases or structure(priors) != structure(self.bases[0].priors):
            return None, None
        assert self.log_prior is not None
        if self.log_prior.elsewhere:
            return None, None
        tried = [
            (base, smoothed(self.log_prior.of(base.under.drawn.variables, priors) - base.log_prior))
            for base in self.bases
        ]
        base, weights = max(tried, key=lambda pair: (pair[0].enough(pair[1]), pair[1].efficiency))
        compiled = self.compiled[structure(priors)]
        if base.enough(weights):
            return self._weighted(prior, priors, compiled, base, base.under.drawn, weights, None, start), None
        settled = [pair for pair in tried if pair[0].under.drawn.state.enough]
        narrower = [pair for pair in settled if nowhere_wider(priors, pair[0].priors)]
        if not narrower:
            return None, weights
        base, plain = max(narrower, key=lambda pair: pair[1].efficiency)
        if self.coordinates is None:
            self.coordinates = coordinates_of(compiled, self.settings.cores)
        moved = moved_draws(base.under.drawn, base.priors, priors, self.coordinates, self.log_prior, plain.log_ratio)
        if moved is None or not moved[1].hold:
            return None, weights
        found = self._weighted(prior, priors, compiled, base, *moved, plain, start)
        return (found if found.least_ess >= ESS_LEAST else None), weights

    def _sampled(
        self,
        prior: str,
        priors: PriorsLike,
        compiled: Compiled,
        settings: Settings,
        refused: Weights | None,
        start: float,
    ) -> Under:
        drawn = sample_posterior(compiled, prior, priors, settings, self.progress)
        diagnostics = diagnose(drawn.fit, drawn.state)
        before = draw_prior(compiled, prior, priors, self.settings)
        drawn = replace(drawn, fit=replace(drawn.fit, tree=_with_prior(drawn.fit.tree, before)))
        samples = samples_of(drawn.estimands, self.model.derive(before, self.study), None)
        settled = diagnostics.status != "do not report"
        rows = estimate(drawn.fit, self.model, self.study, drawn.estimands)
        decisions = [decide(row, settled) for row in rows]
        mains = decisions if self.main is None else [row.decision for row in self.main.rows]
        main_samples = samples if self.main is None else self.main.samples
        together = zip(decisions, mains, samples, main_samples, strict=True)
        found = tuple(compared(*items, "sampled", None) for items in together)
        return Under(prior, drawn, diagnostics, None, refused, time.perf_counter() - start, found, samples)

    def _weighted(
        self,
        prior: str,
        priors: PriorsLike,
        compiled: Compiled,
        base: _Base,
        drawn: Drawn,
        weights: Weights,
        refused: Weights | None,
        start: float,
    ) -> Under:
        assert self.main is not None
        own, stored = base.under, drawn is base.under.drawn
        how: How = "reweighted" if stored else "moment-matched"
        before = draw_prior(compiled, prior, priors, self.settings)
        samples = samples_of(drawn.estimands, self.model.derive(before, self.study), weights.values)
        found = []
        together = zip(own.rows, self.main.rows, samples, self.main.samples, strict=True)
        for row, main_row, sample, main_sample in together:
            after = sample.after.reshape(drawn.fit.chains, -1)
            sizes = sizes_of_stored(row.estimate, weights) if stored else sizes_of_moved(after, weights)
            estimate = reweighted(row.estimate, prior, sample.after, weights, sample.before, sizes)
            decision = decide(estimate, row.decision.settled)
            found.append(compared(decision, main_row.decision, sample, main_sample, how, weights.k))
        seconds = time.perf_counter() - start
        return Under(prior, drawn, own.diagnostics, weights, refused, seconds, tuple(found), samples)


def _with_draws(settings: Settings, factor: int) -> Settings:
    """So many times the draws."""
    draws = factor * settings.draws
    return replace(settings, draws=draws, max_draws=max(draws, settings.max_draws))


def draw_prior(compiled: Compiled, prior: str, priors: PriorsLike, settings: Settings) -> xr.Dataset:
    """Prior draws of the parameters under a prior set, dims ``(chain, draw, ...)``."""
    return compiled.draw_priors(priors, PRIOR_DRAWS, settings.seed_of(compiled.model.name, prior, "prior"))


def _with_prior(tree: xr.DataTree, before: xr.Dataset) -> xr.DataTree:
    groups = {name: tree[name].to_dataset() for name in tree.children}
    return xr.DataTree.from_dict({**groups, "prior": before})
