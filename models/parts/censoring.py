"""A marker at the two visits, with its limits on the log scale."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study

# A measured value may equal the limit of its sample; it must not be read as one under the limit.
AT_THE_LIMIT = 1e-9


@dataclass(frozen=True)
class MarkerPair:
    """A marker before and after, in natural logs.

    Parameters
    ----------
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    log_value : numpy.ndarray
        Values, the limit where censored, `centre` where missing, shape ``(n, 2)``.
    status : numpy.ndarray
        ``"observed"``, ``"below"``, ``"above"`` or ``"missing"``, shape ``(n, 2)``.
    lower, upper : numpy.ndarray
        Limits of detection, infinite where the sample has none, shape ``(n, 2)``.
    centre : float
        Median of the baseline values, of the follow-up's where there are none, so that priors of a location do not
        depend on the assay's unit.
    """

    participant: np.ndarray
    log_value: np.ndarray
    status: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    centre: float

    def of(self, participants: np.ndarray) -> "MarkerPair":
        """The pair for some of the participants."""
        position = {who: index for index, who in enumerate(self.participant)}
        rows = np.array([position[who] for who in participants], dtype=int)
        return MarkerPair(
            self.participant[rows],
            self.log_value[rows],
            self.status[rows],
            self.lower[rows],
            self.upper[rows],
            self.centre,
        )


def marker_pair(study: Study, marker: str | None = None) -> MarkerPair:
    """Read a marker at the baseline and follow-up visits.

    Parameters
    ----------
    study : Study
        A study with a marker and two visits.
    marker : str, optional
        Its name; the analysed one by default.

    Returns
    -------
    MarkerPair
    """
    data = study.data.sel(marker=marker or study.marker, visit=[study.baseline, study.follow_up])
    status = data["marker_status"].values.astype(str)
    log_value = data["log_marker"].values.astype(float)
    measured = [own[~np.isnan(own)] for own in log_value.T]
    centre = next((float(np.median(own)) for own in measured if len(own)), 0.0)
    lower, upper = log_limits(data)
    return MarkerPair(
        data["participant"].values.astype(str),
        np.where(np.isnan(log_value), centre, log_value),
        status,
        lower,
        upper,
        centre,
    )


def log_limits(data: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limits of detection of one marker's samples in natural logs, infinite where there are none.

    Parameters
    ----------
    data : xarray.Dataset
        `Study.data` of one marker, dims ``(participant, visit)``.
    """
    status = data["marker_status"].values.astype(str)
    log_value = data["log_marker"].values.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower = np.log(data["lower_limit"].values.astype(float))
        upper = np.log(data["upper_limit"].values.astype(float))
        # A reading beyond what was taken for its limit shows that its own limit is not known.
        lower = np.where(np.isnan(lower) | (log_value < lower), -np.inf, lower - AT_THE_LIMIT)
        upper = np.where(np.isnan(upper) | (log_value > upper), np.inf, upper + AT_THE_LIMIT)
    return np.where(status == "below", log_value, lower), np.where(status == "above", log_value, upper)
