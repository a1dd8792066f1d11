"""What a model estimates: names, units, null values."""

from dataclasses import dataclass

LN2 = 0.6931471805599453


@dataclass(frozen=True)
class Estimand:
    """One quantity of interest.

    Parameters
    ----------
    meaning : str
        Its definition in one line.
    unit : str
        ``"ratio"``, ``"points"``, ``"points per doubling"``, ``"points per halving"``, ``"correlation"`` or
        ``"probability"``.
    null : float or None
        The value of no change or no association; None where there is none (a probability of response).
    question : str
        Which of the four questions it answers, ``"Q1"`` to ``"Q4"``; empty where it describes any change.
    """

    meaning: str
    unit: str
    null: float | None
    question: str = ""
