"""From wells to samples: one value of a marker for each participant and visit, whatever the number of its wells."""

import numpy as np
import pandas as pd

BEYOND = ("below", "above")
SAMPLE = ["participant", "visit"]


def pool_wells(cells: pd.DataFrame) -> pd.DataFrame:
    """Average the wells of every sample on the log scale.

    Parameters
    ----------
    cells : pandas.DataFrame
        Used cells of one marker, from `read_marker_cells`.

    Returns
    -------
    pandas.DataFrame
        One line a participant and visit. `file`, `row`, `participant`, `visit`, `variable`, `column` (of the first
        well), `text` (of the wells, joined by " | "), `value`, `status`, `lower_limit` and `upper_limit` of the sample,
        `wells` (how many its value rests on), `well_squares` (sum of squared deviations of the measured wells' natural
        logs from their mean; 0 for fewer than two and for a censored sample), and whether any of its wells is
        `measured`, `below` or `above`.

    Notes
    -----
    The value is the geometric mean of the wells. Where wells are beyond a limit, their limits stand in for them: were
    they known, the mean of the logs would lie further out. It is therefore censored at that value, whether all wells
    or some are beyond the limit.
    """
    wells = _with_logs(cells).groupby(SAMPLE, sort=False)
    number, least, greatest = (wells["value"].agg(how).to_numpy() for how in ("count", "min", "max"))
    mean, variance = wells["log"].mean().to_numpy(), wells["log"].var(ddof=0).to_numpy()
    # Where all wells agree, the reading itself, without what taking logs and back loses in the last digit.
    value = np.where(least == greatest, least, np.exp(mean))
    measured, below, above = (wells[kind].any().to_numpy() for kind in ("observed", *BEYOND))
    status = np.select([below, above, measured], [*BEYOND, "observed"], "missing")
    # Wells that are not censored share the limits of their sample, so those of the first well will do.
    first = cells.drop_duplicates(SAMPLE)[["file", "row", *SAMPLE, "variable", "column", "lower_limit", "upper_limit"]]
    return first.assign(
        text=joined_texts(cells),
        value=value,
        status=status,
        lower_limit=np.where(status == "below", value, first["lower_limit"]),
        upper_limit=np.where(status == "above", value, first["upper_limit"]),
        wells=number,
        well_squares=np.where((status == "observed") & (least < greatest), number * variance, 0.0),
        measured=measured,
        below=below,
        above=above,
    )


def joined_texts(cells: pd.DataFrame) -> list[str]:
    """Texts of the cells of each participant and visit, joined by " | ", in the order of the first of them."""
    if not cells.duplicated(SAMPLE).any():
        return [str(text) for text in cells["text"].to_numpy(dtype=object)]
    texts: dict[int, list[str]] = {}
    of_sample = cells.groupby(SAMPLE, sort=False).ngroup()
    for sample, text in zip(of_sample.tolist(), cells["text"].tolist(), strict=True):
        texts.setdefault(sample, []).append(text)
    return [" | ".join(own) for own in texts.values()]


def _with_logs(cells: pd.DataFrame) -> pd.DataFrame:
    wells = cells[[*SAMPLE, "text"]].assign(value=cells["value"].astype(float))
    # What has no logarithm, or no end, is left to the checks.
    wells["log"] = np.log(wells["value"].where((wells["value"] > 0) & np.isfinite(wells["value"])))
    for kind in ("observed", *BEYOND):
        wells[kind] = cells["status"] == kind
    return wells


def decide_on_samples(cells: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    """Add to the decision on each well what became of its sample, where the well alone does not tell.

    Parameters
    ----------
    cells : pandas.DataFrame
        All cells of one marker.
    samples : pandas.DataFrame
        Its samples, from `pool_wells`.

    Returns
    -------
    pandas.DataFrame
        The cells.
    """
    used = cells[~cells["ignored"]]
    several = used[used.duplicated(SAMPLE, keep=False)]
    of_sample = several[SAMPLE].join(samples.set_index(SAMPLE)[["status", "value", "wells"]], on=SAMPLE)
    declared = several.groupby(SAMPLE)["row"].transform("size")
    notes = map(_note, several["status"], of_sample["status"], of_sample["value"], of_sample["wells"], declared)
    decided = pd.Series(list(notes), index=several.index, dtype=object)
    return cells.assign(decision=cells["decision"] + decided.reindex(cells.index, fill_value=""))


def _note(status: str, of_sample: str, value: float, wells: int, declared: int) -> str:
    if status == "missing":
        return f"; the sample rests on {wells} of {declared} wells" if wells else ""
    if status == "unread" or of_sample not in BEYOND or wells == 1:
        return ""
    return f"; sample {of_sample} {value:.4g}, the geometric mean of its wells"
