"""How to sample."""

import zlib
from dataclasses import dataclass

import numpy as np

from cochange.data.arguments import require, require_number
from cochange.data.study import Study

R_HAT_MAX = 1.01
ESS_MIN = 1000.0
TARGET_ACCEPTS = (0.9, 0.99, 0.999)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of the sampler, the same for every model and prior set of a run.

    Parameters
    ----------
    draws : int
        Draws of each chain to begin with, after warm-up. A fit is sampled anew with half as many more or as many as its
        effective sample sizes call for, where these or an R-hat miss their bounds.
    tune : int
        Warm-up draws of each chain.
    chains : int
        Number of chains.
    cores : int or None
        Chains run at once; None for as many as there are processors.
    seed : int
        Seed of the run; every model and prior set derives its own from it, so that the same seed gives the same
        draws whatever else is fitted.
    max_draws : int
        Draws of each chain not to be exceeded when more are needed.
    """

    draws: int = 1000
    tune: int = 1000
    chains: int = 4
    cores: int | None = None
    seed: int = 20170312
    max_draws: int = 16000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if name != "cores" or value is not None:
                require_number(value, name, whole=True)
        for name, least in (("draws", 100), ("tune", 100), ("chains", 2), ("seed", 0), ("cores", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"{name} must be at least {least}, got {value}")

    def seed_of(self, *names: str) -> int:
        """The seed of one piece of work, by its names."""
        words = [zlib.crc32(name.encode()) for name in names]
        return int(np.random.SeedSequence([self.seed, *words]).generate_state(1)[0])


def settings_of(study: Study, given: Settings | None) -> Settings:
    """The settings given, or else those by default, with the seed of the study file.

    Raises
    ------
    TypeError
        If what is given are no settings.
    """
    if given is None:
        return Settings(seed=study.spec.analysis.seed)
    require(given, Settings, "settings must be Settings, such as cochange.Settings(draws=1000)")
    return given
