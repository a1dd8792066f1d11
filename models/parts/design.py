"""Design columns, groups and sites shared by the regressions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.families import Family
from cochange.models.parts.graph import TensorVariable, pm, pt

OVERALL = "overall"


@dataclass(frozen=True)
class Design:
    """The right-hand side of a regression, for the participants one model uses.

    Columns are centred at their mean over these participants, so that an intercept is the expected outcome of the
    whole sample but for its groups and sites, whose effects sum to zero over their levels; numeric covariates are in
    units of their standard deviation.

    Parameters
    ----------
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    covariates : xarray.DataArray
        Centred covariate columns, dims ``(participant, covariate)``.
    arms : xarray.DataArray
        Centred indicators of the arms other than the control, dims ``(participant, arm_effect)``.
    arm, group, site : numpy.ndarray or None
        The participants' arm, group and site as text, shape ``(n,)``; None where the study has none.
    control : str
        The control arm; empty without arms.
    """

    participant: np.ndarray
    covariates: xr.DataArray
    arms: xr.DataArray
    arm: np.ndarray | None
    group: np.ndarray | None
    site: np.ndarray | None
    control: str = ""

    @property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of the design's dimensions, those that are not empty."""
        coords = {"participant": self.participant.tolist()}
        if self.covariates.sizes["covariate"]:
            coords["covariate"] = self.covariates["covariate"].values.tolist()
        if self.arms.sizes["arm_effect"]:
            coords["arm_effect"] = self.arms["arm_effect"].values.tolist()
        for name in ("group", "site"):
            if (labels := getattr(self, name)) is not None:
                coords[name] = levels(labels)
        return coords


def levels(labels: np.ndarray) -> list[str]:
    """The distinct labels in sorted order."""
    return sorted({str(label) for label in labels})


def make_design(study: Study, participants: np.ndarray) -> Design:
    """Build the design of the participants a model uses.

    Parameters
    ----------
    study : Study
        The study.
    participants : numpy.ndarray
        Identifiers of the participants used.

    Returns
    -------
    Design
    """
    data = study.data.sel(participant=participants)
    columns: dict[str, np.ndarray] = {}
    for name in study.spec.covariates.numeric:
        values = data[f"covariate_{name}"].values.astype(float)
        columns[f"{name} (per SD)"] = _per_sd(values)
    for name in study.spec.covariates.categorical:
        values = data[f"covariate_{name}"].values.astype(str)
        for level in levels(values)[1:]:
            indicator = (values == level).astype(float)
            columns[f"{name}: {level}"] = indicator - indicator.mean()
    labels = {name: data[name].values.astype(str) if name in data.coords else None for name in ("arm", "group", "site")}
    arms: dict[str, np.ndarray] = {}
    control = ""
    if labels["arm"] is not None:
        control = str(data["arm"].attrs["levels"][0])
        for level in levels(labels["arm"]):
            if level != control:
                indicator = (labels["arm"] == level).astype(float)
                arms[level] = indicator - indicator.mean()
    return Design(
        participant=participants,
        covariates=_columns(columns, "covariate", len(participants)),
        arms=_columns(arms, "arm_effect", len(participants)),
        arm=labels["arm"],
        group=labels["group"] if labels["group"] is not None and len(levels(labels["group"])) > 1 else None,
        site=labels["site"] if labels["site"] is not None and len(levels(labels["site"])) > 1 else None,
        control=control,
    )


def _per_sd(values: np.ndarray) -> np.ndarray:
    if np.ptp(values) == 0:
        return np.zeros(len(values))
    return (values - values.mean()) / values.std(ddof=1)


def _columns(columns: Mapping[str, np.ndarray], dim: str, n: int) -> xr.DataArray:
    values = np.column_stack(list(columns.values())) if columns else np.zeros((n, 0))
    return xr.DataArray(values, dims=("participant", dim), coords={dim: list(columns)})


def structured_effects(design: Design, priors: Mapping[str, Family], outcome: str) -> TensorVariable:
    """Covariate, arm, group and site effects of each participant.

    Groups and sites are partially pooled: their effects sum to zero and have a standard deviation of their own.

    Parameters
    ----------
    design : Design
        The design; its columns are entered as data.
    priors : mapping
        Families of ``covariate``, ``arm``, ``group_sd`` and ``site_sd``.
    outcome : str
        Dimension of the equations that share the design (the forms of a regression, or the visits of a pair).

    Returns
    -------
    TensorVariable
        Shape ``(outcome, participant)``; zeros where the study has none of them.
    """
    n_outcomes = len(pm.modelcontext(None).coords[outcome])
    effects = pt.zeros((n_outcomes, len(design.participant)))
    if design.covariates.sizes["covariate"]:
        columns = pm.Data("covariates", design.covariates.values, dims=("participant", "covariate"))
        effect = priors["covariate"].variable("covariate_effect", (outcome, "covariate"), "covariate")
        effects += effect @ columns.T
    if design.arms.sizes["arm_effect"]:
        columns = pm.Data("arms", design.arms.values, dims=("participant", "arm_effect"))
        effects += priors["arm"].variable("arm_difference", (outcome, "arm_effect"), "arm") @ columns.T
    for name, labels in (("group", design.group), ("site", design.site)):
        if labels is not None:
            sd = priors[f"{name}_sd"].variable(f"{name}_sd", dims=outcome)
            # Effects that sum to zero vary less than free ones; scaled, each has the standard deviation `sd`.
            n_levels = len(levels(labels))
            scale = np.sqrt(n_levels / (n_levels - 1))
            standard = pm.ZeroSumNormal(f"{name}_standard", scale, dims=(outcome, name))
            index = np.searchsorted(levels(labels), labels)
            effects += (sd[:, None] * standard)[:, index]
    return effects


def expected_by_group(
    posterior: xr.Dataset,
    design: Design,
    intercept: xr.DataArray,
    predictors: Sequence[tuple[xr.DataArray, np.ndarray]] = (),
) -> xr.DataArray:
    """Expected outcome of the whole sample, of each group and of each arm.

    A group's value is averaged over its own participants: their covariates, arms, sites and other predictors. An arm's
    value is standardised: averaged over all participants as if each had been in that arm, as randomisation allows.

    Parameters
    ----------
    posterior : xarray.Dataset
        Draws of the parameters of `structured_effects`, dims ``(chain, draw, ...)``.
    design : Design
        The design of the participants averaged over.
    intercept : xarray.DataArray
        Draws of the intercept.
    predictors : sequence of pairs
        Of each predictor outside the design, such as a baseline: draws of its coefficient, and its values.

    Returns
    -------
    xarray.DataArray
        Dims those of `intercept`, then ``group``, whose first label is ``"overall"``.
    """
    n = len(design.participant)
    weights = {OVERALL: np.full(n, 1 / n)}
    for level in levels(design.group) if design.group is not None else ():
        member = np.asarray(design.group == level)
        weights[level] = member / member.sum()
    average = xr.DataArray(np.stack(list(weights.values())), dims=("group_mean", "participant"))
    effects = _effects(posterior, {dim: xr.dot(average, column) for dim, column in _columns_by_dim(design)})
    for coefficient, values in predictors:
        effects = effects + coefficient * xr.dot(average, xr.DataArray(values, dims="participant"))
    expected = intercept + xr.zeros_like(average.isel(participant=0)) + effects
    rows = [expected.isel(group_mean=index) for index in range(len(weights))]
    labels = list(weights)
    if design.arms.sizes["arm_effect"]:
        effect = posterior["arm_difference"]
        share = (design.arms > 0).mean("participant")
        as_control = rows[0] - xr.dot(effect, share, dim="arm_effect")
        arms = {level: as_control + effect.sel(arm_effect=level, drop=True) for level in effect["arm_effect"].values}
        rows += [as_control, *arms.values()]
        labels += [arm_label(level) for level in (design.control, *arms)]
    means = xr.concat(rows, dim="group", coords="minimal", compat="override").assign_coords(group=labels)
    return means.transpose(..., "group")


def participant_effects(posterior: xr.Dataset, design: Design, rows: np.ndarray | None = None) -> xr.DataArray:
    """Draws of the sum of each participant's covariate, arm, group and site effects, with dim ``participant``.

    Parameters
    ----------
    posterior : xarray.Dataset
        Draws of the parameters of `structured_effects`.
    design : Design
        The design of the participants.
    rows : numpy.ndarray, optional
        Positions of the participants asked for; everyone by default.
    """
    rows = np.arange(len(design.participant)) if rows is None else rows
    none = xr.DataArray(np.zeros(len(rows)), dims="participant")
    return none + _effects(posterior, {dim: cells.isel(participant=rows) for dim, cells in _columns_by_dim(design)})


def arm_label(arm: str) -> str:
    """The label of an arm among the groups of an estimand."""
    return f"arm {arm}"


def arm_contrasts(posterior: xr.Dataset, design: Design) -> xr.DataArray:
    """Adjusted difference of each arm from the control, dim ``group`` labelled ``"T versus C"``."""
    effect = posterior["arm_difference"]
    labels = [f"{level} versus {design.control}" for level in effect["arm_effect"].values]
    return effect.rename(arm_effect="group").assign_coords(group=labels)


def _columns_by_dim(design: Design) -> Iterator[tuple[str, xr.DataArray]]:
    """Columns of the design by the dimension of their effects; groups and sites as indicators."""
    for dim, columns in (("covariate", design.covariates), ("arm_effect", design.arms)):
        if columns.sizes[dim]:
            yield dim, columns
    for dim, labels in (("group", design.group), ("site", design.site)):
        if labels is not None:
            indicators = labels[:, None] == np.array(levels(labels))[None, :]
            yield dim, xr.DataArray(indicators.astype(float), dims=("participant", dim), coords={dim: levels(labels)})


def _effects(posterior: xr.Dataset, columns: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """Draws of the effects at the given values of the columns."""
    total = xr.DataArray(0.0)
    for dim, values in columns.items():
        if dim in ("group", "site"):
            effect = posterior[f"{dim}_sd"] * posterior[f"{dim}_standard"]
        else:
            effect = posterior["covariate_effect" if dim == "covariate" else "arm_difference"]
        total = total + xr.dot(effect, values, dim=dim)
    return total
