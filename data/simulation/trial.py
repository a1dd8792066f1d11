"""Settings of the simulated exercise trial."""

from dataclasses import dataclass, fields

import numpy as np

from cochange.data.arguments import require_number

GROUPS = ("light", "moderate", "vigorous")
SITES = ("North", "East", "South", "West")
MOST_PHQ9 = 27


@dataclass(frozen=True, kw_only=True)
class ExerciseTrial:
    """One arm of a trial: exercise for twelve weeks, a log marker and a symptom score before and after.

    The true scores follow the paths m0, y0, m1, y1 (m: natural log of the marker in pg/mL, y: score in points)::

        m0      = marker_mean + e1
        y0      = symptom_mean + site + b (m0 - marker_mean) + e2
        m1 - m0 = marker_change + marker_group[group] + e3
        y1 - y0 = symptom_change + symptom_group[group] + site + age + c_m (m0 - marker_mean)
                  + c_y (y0 - symptom_mean) + p (m1 - m0 - its group mean) + e4

    with b = baseline_slope / ln 2, c_m = prognostic_slope / ln 2, p = -parallel_slope / ln 2. Every observed score is
    the true one plus an error; the errors of marker and score at a visit share a state. Participants are included by a
    PHQ-9 above its threshold.

    Attributes
    ----------
    n : int
        Participants included.
    seed : int
        Seed of all random numbers.
    marker_mean, marker_sd : float
        Mean and SD of the true m0, natural log of pg/mL, before inclusion.
    symptom_mean, symptom_sd : float
        Mean of the true y0 before inclusion, and its SD given site and marker, points.
    marker_reliability, symptom_reliability : float
        Share of the variance of an observed baseline score that is true, between 0 and 1.
    state_correlation : float
        Correlation of the two errors at a visit.
    marker_change, marker_change_sd : float
        Mean and SD of m1 - m0 within a group.
    marker_group, symptom_group : tuple of float
        Deviation of each intensity group from the mean change.
    symptom_change, symptom_change_sd : float
        Mean of y1 - y0, and SD of e4, points.
    baseline_slope, prognostic_slope : float
        Points of y0, and of y1 - y0, per doubling of the true baseline marker.
    symptom_regression : float
        Points of y1 - y0 per point of the true baseline score (c_y).
    parallel_slope : float
        Points of y1 - y0 per halving of the true marker, given both baselines.
    symptom_site, change_site : tuple of float
        Site effects on y0 and on y1 - y0, points.
    change_age : float
        Points of y1 - y0 per year of age.
    phq9_mean, phq9_sd, phq9_correlation, phq9_above : float
        Screening score before inclusion, its correlation with the true y0, and the threshold of inclusion.
    lower_limit : float
        Readings under it, in pg/mL, are written as ``<limit``.
    dropout : float
        Share lost to follow-up at the mean baseline score.
    dropout_odds_ratio : float
        Odds ratio of dropout per 10 points of the observed baseline score.
    missing_samples : float
        Share of blood samples that are missing although the participant was seen.
    """

    n: int = 116
    seed: int = 20170312
    marker_mean: float = 0.4
    marker_sd: float = 0.72
    symptom_mean: float = 20.5
    symptom_sd: float = 6.0
    marker_reliability: float = 0.55
    symptom_reliability: float = 0.8
    state_correlation: float = 0.2
    marker_change: float = -0.1
    marker_change_sd: float = 0.4
    marker_group: tuple[float, float, float] = (0.05, 0.0, -0.05)
    symptom_change: float = -9.0
    symptom_change_sd: float = 5.5
    symptom_group: tuple[float, float, float] = (-1.0, 1.0, 0.0)
    baseline_slope: float = 0.5
    prognostic_slope: float = -1.0
    symptom_regression: float = -0.25
    parallel_slope: float = -1.5
    symptom_site: tuple[float, float, float, float] = (0.6, -0.6, 0.3, -0.3)
    change_site: tuple[float, float, float, float] = (0.4, 0.2, -0.2, -0.4)
    change_age: float = 0.03
    phq9_mean: float = 14.0
    phq9_sd: float = 4.5
    phq9_correlation: float = 0.6
    phq9_above: float = 9
    lower_limit: float = 0.5
    dropout: float = 0.2
    dropout_odds_ratio: float = 1.5
    missing_samples: float = 0.04

    def __post_init__(self) -> None:
        """Refuse settings that describe no trial."""
        for item in fields(self):
            if not isinstance(item.default, tuple):
                require_number(getattr(self, item.name), item.name, whole=item.name in ("n", "seed"))
        shares = ("marker_reliability", "symptom_reliability", "phq9_correlation", "dropout", "missing_samples")
        for name in shares:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1; got {getattr(self, name)}")
        deviations = ("marker_sd", "symptom_sd", "marker_change_sd", "symptom_change_sd", "phq9_sd")
        for name in (*deviations, "lower_limit", "dropout_odds_ratio"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive; got {getattr(self, name)}")
        for name in ("marker_reliability", "symptom_reliability"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name} must be above 0; got 0")
        if not self.phq9_above < MOST_PHQ9:
            raise ValueError(f"phq9_above must be below {MOST_PHQ9}, the greatest PHQ-9; got {self.phq9_above}")
        if self.n < 1:
            raise ValueError(f"n must be at least 1; got {self.n}")
        if not -1 < self.state_correlation < 1:
            raise ValueError(f"state_correlation must lie between -1 and 1; got {self.state_correlation}")

    @property
    def marker_error_sd(self) -> float:
        """SD of the error of an observed log marker."""
        return self.marker_sd * float(np.sqrt(1 / self.marker_reliability - 1))

    @property
    def symptom_error_sd(self) -> float:
        """SD of the error of an observed score, points."""
        return self.symptom_sd * float(np.sqrt(1 / self.symptom_reliability - 1))
