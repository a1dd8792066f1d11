"""Some of many draws, evenly apart."""

import xarray as xr


def evenly(draws: xr.Dataset, most: int) -> slice:
    """Positions along each chain, by equal steps, that leave `most` draws of all chains together or fewer.

    Where the chains do not share `most` evenly there may be one more of each.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws with dims ``chain`` and ``draw``.
    most : int
        How many to leave.
    """
    total = draws.sizes["chain"] * draws.sizes["draw"]
    return slice(None, None, -(-total // most))
