"""Units of the time between visits."""

from typing import Literal, get_args

TimeUnit = Literal["days", "weeks", "months", "years"]
TIME_UNITS: tuple[TimeUnit, ...] = get_args(TimeUnit)
# A year with its share of a leap day, and a twelfth of it.
DAYS: dict[TimeUnit, float] = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
