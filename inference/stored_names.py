"""Names of outcomes in the stored groups of a fit, where a slash would part them into paths."""

import xarray as xr

SLASH, STORED_SLASH = "/", "\N{DIVISION SLASH}"


def storable(outcomes: xr.Dataset) -> xr.Dataset:
    """Outcomes under names that a tree of groups and its file take: a marker may be called CRP/albumin ratio."""
    return outcomes.rename({name: str(name).replace(SLASH, STORED_SLASH) for name in outcomes.data_vars})


def as_named(stored: xr.Dataset) -> xr.Dataset:
    """Stored outcomes under the names that the models gave them."""
    return stored.rename({name: str(name).replace(STORED_SLASH, SLASH) for name in stored.data_vars})
