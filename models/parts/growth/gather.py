"""Participants gathered by the times of their visits and by what was measured, and rows for all others."""

import numpy as np

from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.growth.observations import Schedules
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, OBSERVED


def gather(frame: Frame, row_by_row: bool = False) -> tuple[Schedules, np.ndarray]:
    """What the likelihood takes, and which participant each row is.

    Parameters
    ----------
    frame : Frame
        The study as the model takes it.
    row_by_row : bool
        Whether every participant is a row, as Student-t outcomes need and as the density of each one needs. Otherwise
        participants with the same times and measured cells enter by their cross-products, and a row is only who has a
        censored cell or nobody alike.

    Returns
    -------
    Schedules
        The observations.
    numpy.ndarray
        Position of the participant of each row.
    """
    n = len(frame.time)
    status, value = frame.status.reshape(n, -1), frame.value.reshape(n, -1)
    seen = (frame.status != MISSING).any(axis=2)
    basis = frame.basis * seen[..., None]
    if len(np.unique(frame.basis.reshape(n, -1), axis=0)) == 1:
        # One schedule for all: a missed visit needs none of its own.
        basis = frame.basis
    distinct, schedule = np.unique(basis.reshape(n, -1), axis=0, return_inverse=True)
    kinds, kind = np.unique(np.column_stack([schedule, status]), axis=0, return_inverse=True)
    alone = np.bincount(kind)[kind] == 1
    single = row_by_row | np.isin(status, (BELOW, ABOVE)).any(axis=1) | alone
    rows = np.flatnonzero(single)
    # Within a schedule rows of the same statuses follow each other: they share their conditional covariances.
    rows = rows[np.argsort(kind[rows], kind="stable")]
    sets = np.unique(kind[~single])
    members = [np.flatnonzero(~single & (kind == own)) for own in sets]
    columns, present = frame.columns.values, status == OBSERVED
    both = np.concatenate([columns, np.where(present, value, 0.0)], axis=1)
    width = both.shape[1]
    bounds = np.arange(len(distinct) + 1)
    observations = Schedules(
        basis=distinct.reshape(len(distinct), *frame.basis.shape[1:]),
        set_start=np.searchsorted(kinds[sets, 0], bounds),
        row_start=np.searchsorted(schedule[rows], bounds),
        count=np.array([len(who) for who in members]),
        present=present[[who[0] for who in members]].reshape(len(members), status.shape[1]),
        products=np.array([both[who].T @ both[who] for who in members]).reshape(len(members), width, width),
        columns=columns[rows],
        value=value[rows],
        status=status[rows],
        weight=np.ones(len(rows)),
    )
    return observations, rows
