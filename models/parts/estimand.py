"""What a model estimates: names, units, null values."""

from dataclasses import dataclass

LN2 = 0.6931471805599453


UNITS = (
    "ratio", "points", "points per doubling", "points per halving", "log units", "correlation", "probability", "share",
)  # fmt: skip


@dataclass(frozen=True)
class Estimand:
    """One quantity of interest.

    Parameters
    ----------
    meaning : str
        Its definition in one line.
    unit : str
        One of `UNITS`, which the reports know how to print.
    null : float or None
        The value of no change or no association; None where there is none (a probability of response).
    question : str
        Which of the four questions it answers, ``"Q1"`` to ``"Q4"``; empty where it describes any change.

    Raises
    ------
    ValueError
        If the unit is not one of `UNITS`.
    """

    meaning: str
    unit: str
    null: float | None
    question: str = ""

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"the unit of an estimand must be one of {', '.join(UNITS)}, got {self.unit!r}")
