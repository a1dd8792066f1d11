"""Effective draws of a run, and the seconds they took."""

from dataclasses import dataclass

import arviz_stats
import xarray as xr

CHAINS = 4


@dataclass(frozen=True)
class Sampled:
    """Least effective draws of one call, its elapsed and, where known, its processor seconds."""

    effective: float
    seconds: float
    processor: float = float("nan")

    @property
    def rate(self) -> float:
        return self.effective / self.seconds

    @property
    def by_processor(self) -> "Sampled":
        return Sampled(self.effective, self.processor)


def least_effective(draws: xr.Dataset) -> float:
    """The least bulk effective sample size of all parameters."""
    return min(float(value.min()) for value in arviz_stats.ess(draws).data_vars.values())
