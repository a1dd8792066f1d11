"""The symptom scales known by name: range, direction, severity bands, remission cut."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["higher is worse", "higher is better"]


@dataclass(frozen=True)
class Scale:
    """A bounded symptom scale.

    Attributes
    ----------
    name : str
        Name used in study files and reports.
    lower, upper : float
        Least and greatest possible total, in points.
    direction : {"higher is worse", "higher is better"}
        What a higher total means.
    response : float
        Share of the baseline score that has to be lost to count as a response.
    remission : float or None
        Remission cut, at or under it; None where published cuts differ and the user has to choose.
    bands : tuple of (float, float, str)
        Severity bands: least total, greatest total, label. Empty where no scheme is in general use.
    items : int or None
        Number of items; None where it is not known.
    item_range : tuple of float or None
        Least and greatest value of an item, the widest where items differ.
    reverse_scored : tuple of int
        Items, counted from one, on which a higher value is better.
    source : str
        Where range and bands come from.
    """

    name: str
    lower: float
    upper: float
    direction: Direction = "higher is worse"
    response: float = 0.5
    remission: float | None = None
    bands: tuple[tuple[float, float, str], ...] = ()
    items: int | None = None
    item_range: tuple[float, float] | None = None
    reverse_scored: tuple[int, ...] = ()
    source: str = "given in the study file"


_SCALES = (
    Scale(
        name="MADRS",
        lower=0,
        upper=60,
        bands=((0, 6, "none"), (7, 19, "mild"), (20, 34, "moderate"), (35, 60, "severe")),
        items=10,
        item_range=(0, 6),
        source="Montgomery and Asberg 1979, doi 10.1192/bjp.134.4.382; bands of Snaith et al. 1986",
    ),
    Scale(
        name="MADRS-S",
        lower=0,
        upper=54,
        items=9,
        item_range=(0, 6),
        source="Svanborg and Asberg 1994, Acta Psychiatr Scand 89:21-28; nine self-rated items from 0 to 6",
    ),
    Scale(
        name="PHQ-9",
        lower=0,
        upper=27,
        remission=4,
        bands=(
            (0, 4, "minimal"),
            (5, 9, "mild"),
            (10, 14, "moderate"),
            (15, 19, "moderately severe"),
            (20, 27, "severe"),
        ),
        items=9,
        item_range=(0, 3),
        source="Kroenke et al. 2001, doi 10.1046/j.1525-1497.2001.016009606.x",
    ),
    Scale(
        name="HAMD-17",
        lower=0,
        upper=52,
        remission=7,
        bands=((0, 7, "none"), (8, 16, "mild"), (17, 23, "moderate"), (24, 52, "severe")),
        items=17,
        item_range=(0, 4),
        source="Hamilton 1960, doi 10.1136/jnnp.23.1.56; bands of Zimmerman et al. 2013, doi 10.1016/j.jad.2013.04.028",
    ),
    Scale(
        name="BDI-II",
        lower=0,
        upper=63,
        bands=((0, 13, "minimal"), (14, 19, "mild"), (20, 28, "moderate"), (29, 63, "severe")),
        items=21,
        item_range=(0, 3),
        source="Beck, Steer and Brown 1996, manual",
    ),
    Scale(
        name="HADS-D",
        lower=0,
        upper=21,
        bands=((0, 7, "normal"), (8, 10, "possible case"), (11, 21, "probable case")),
        items=7,
        item_range=(0, 3),
        source="Zigmond and Snaith 1983, doi 10.1111/j.1600-0447.1983.tb09716.x",
    ),
    Scale(
        name="CES-D",
        lower=0,
        upper=60,
        bands=((0, 15, "under the cut"), (16, 60, "at or over the cut")),
        items=20,
        item_range=(0, 3),
        reverse_scored=(4, 8, 12, 16),
        source="Radloff 1977, doi 10.1177/014662167700100306",
    ),
)

KNOWN_SCALES: dict[str, Scale] = {scale.name: scale for scale in _SCALES}
