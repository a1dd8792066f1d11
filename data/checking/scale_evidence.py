"""Evidence that a marker column is on another scale than the declared one.

The rules are conservative: they stay silent on log-normal readings with an SD of the natural log from 0.5 to 1.5, and
on their logarithms. Silence is therefore no proof that the declared scale is right.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

FEWEST = 20
NATURAL_LOGS = {"ln": 1.0, "log10": float(np.log(10)), "log2": float(np.log(2)), "log(x+1)": 1.0}

Values = npt.NDArray[np.float64]


def looks_logged(values: Values) -> str | None:
    """Return the evidence that readings declared raw are logarithms, or None.

    Parameters
    ----------
    values : ndarray
        Uncensored readings, on the scale of the column.

    Returns
    -------
    str or None
        The evidence in words, with its numbers.
    """
    n = len(values)
    if n < FEWEST:
        return None
    negative, skew = int((values < 0).sum()), _skewness(values)
    # One or two repeated negative numbers are missing codes, such as -99, rather than logarithms.
    varied = len(np.unique(values[values < 0])) > 2
    if varied and negative >= max(3, 0.02 * n) and skew < 1:
        return f"{negative} of {n} values are negative and their skewness is {skew:.1f}"
    if (values <= 0).any() or abs(skew) >= 1:
        return None
    logs = np.log(values)
    if logs.std(ddof=1) < 0.15:
        return (
            f"the SD of the natural log of the {n} values would be {logs.std(ddof=1):.2f} (markers: about 0.3 to 1.2)"
        )
    skew_of_logs = _skewness(logs)
    # The sampling SD of the skewness of n normal values is about sqrt(6 / n).
    if abs(skew) < 0.5 and skew_of_logs < -max(1.0, 5 * np.sqrt(6 / n)):
        return f"the {n} values have a skewness of {skew:.1f}, and of {skew_of_logs:.1f} after a natural log"
    return None


def looks_raw(values: Values, scale: str) -> str | None:
    """Return the evidence that readings declared logged are raw, or None.

    Parameters
    ----------
    values : ndarray
        Uncensored readings, on the scale of the column.
    scale : {"ln", "log10", "log2", "log(x+1)"}
        The declared scale.

    Returns
    -------
    str or None
        The evidence in words, with its numbers.
    """
    n = len(values)
    if n < FEWEST:
        return None
    spread = NATURAL_LOGS[scale] * float(values.max() - np.median(values))
    if spread > np.log(1e5):
        power = spread / np.log(10)
        return f"back-transformed, the largest of the {n} values would be 10^{power:.0f} times their median"
    if scale == "log(x+1)" or (values <= 0).any():
        return None
    logs = np.log(values)
    skew, skew_of_logs = _skewness(values), _skewness(logs)
    if skew > 1.5 and abs(skew_of_logs) < 0.5 and logs.std(ddof=1) > 0.3:
        return (
            f"the {n} values are positive, with a skewness of {skew:.1f}, and of {skew_of_logs:.1f} after a natural log"
        )
    return None


def _skewness(values: Values) -> float:
    return float(pd.DataFrame(values).skew().to_numpy()[0])
