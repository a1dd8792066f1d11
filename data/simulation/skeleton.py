"""A study that has no data yet: people as its study file and a few stated values describe them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scipy import stats

from cochange.data.arguments import require, require_number, require_several
from cochange.data.audit import COLUMNS, Audit
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import choice, listing, nearest
from cochange.data.reading.raw_scale import to_raw
from cochange.data.spec import StudySpec
from cochange.data.specification.judge import read_spec
from cochange.data.specification.tables import CovariatesTable
from cochange.data.study import Study

Floats = npt.NDArray[np.float64]
# Unlike z scores of different variables, one order of people for each keeps the variables apart.
ORDER_SEED = 20170312
# Of markers whose spread is not stated. Outcomes are drawn anew: it decides no more than which values of the skeleton
# lie beyond a limit, where some have to be left.
LOG_SD = 1.0


@dataclass(frozen=True)
class Level:
    """The usual value at baseline, and how much people differ.

    Attributes
    ----------
    median : float
        Of those included; of a marker in its unit of analysis, of a score in points.
    sd : float or None
        Standard deviation, of a marker that of its natural log; None where it is not stated. Markers then spread as
        widely as `LOG_SD`, and scores not at all.
    """

    median: float
    sd: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        require_number(self.median, "median")
        if self.sd is not None:
            require_number(self.sd, "sd")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a study file cannot say before there are data.

    Attributes
    ----------
    baselines : mapping of str to Level
        By the name of each marker, of the symptom scale and of the score of inclusion.
    arms : tuple of str
        Names of the arms, participants shared out evenly; empty without arms.
    """

    baselines: Mapping[str, Level]
    arms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is of another kind."""
        example = '{"IL-6": cochange.Level(1.5)}'
        require(self.baselines, Mapping, f"baselines must be a mapping of names to levels, such as {example}")
        for name, level in self.baselines.items():
            require(level, Level, f"baselines must have a Level for each name, such as {example}; {name!r} has none")
        require_several(self.arms, 'arms must be several names, such as ("control", "exercise")')


def expected_study(path: Path | str, expected: Expected, participants: int) -> Study:
    """A study as it is expected: everybody seen at every visit, no value beyond a limit.

    Baselines lie at the quantiles of their distributions, in an order of their own for every variable; later visits
    repeat them. Values serve as centres and units: models that draw outcomes anew use nothing else of them. Groups,
    sites, plates, dates and categorical covariates are left out, for their levels are known from data alone; numeric
    covariates are standard normal.

    Parameters
    ----------
    path : path
        The study file; its data files are not read.
    expected : Expected
        What is expected.
    participants : int
        How many.

    Raises
    ------
    InputError
        With every fault of the study file, or every value that is lacking or stated of nothing in it.
    """
    path = Path(path)
    spec = read_spec(path)
    if faults := _faults(spec, expected):
        raise InputError(faults)
    shape = (participants, len(spec.data.visits), len(spec.marker))
    data = xr.Dataset(
        coords={
            "participant": participant_names(participants),
            "visit": np.array(spec.data.visits, dtype=str),
            "marker": np.array([marker.name for marker in spec.marker], dtype=str),
        }
    )
    order = np.random.default_rng(ORDER_SEED)
    log_marker = np.zeros(shape)
    for position, marker in enumerate(spec.marker):
        level = expected.baselines[marker.name]
        log_marker[:, :, position] = _spread(np.log(level.median), level.sd or LOG_SD, participants, order)[:, None]
    three = ("participant", "visit", "marker")
    data = data.assign(
        marker_text=(three, np.full(shape, "")),
        marker_value=(three, np.exp(log_marker)),
        marker_status=(three, np.full(shape, "observed")),
        lower_limit=(three, _limits(spec, shape, "lower_limit")),
        upper_limit=(three, _limits(spec, shape, "upper_limit")),
        log_marker=(three, log_marker),
        wells=(three, np.ones(shape, dtype=np.int64)),
        well_squares=(three, np.zeros(shape)),
        row=(three[:2], np.full(shape[:2], -1)),
    )
    return Study(
        spec=_without_unknown_levels(spec),
        path=path,
        data=_add_people(data, spec, expected, order),
        audit=Audit(pd.DataFrame(columns=list(COLUMNS)), {}),
        notices=_notices(spec, path),
        input_hash=_hash(path.read_bytes(), expected),
        content_hash=_hash(spec.said, expected),
    )


def _hash(study_file: bytes, expected: Expected) -> str:
    return hashlib.sha256(study_file + repr(expected).encode()).hexdigest()


def participant_names(number: int) -> npt.NDArray[np.str_]:
    """Names of the participants of a planned study."""
    return np.array([f"P{place:0{len(str(number))}d}" for place in range(1, number + 1)], dtype=str)


def _add_people(data: xr.Dataset, spec: StudySpec, expected: Expected, order: np.random.Generator) -> xr.Dataset:
    n = data.sizes["participant"]
    on_baseline, rule = spec.inclusion_on_baseline, spec.inclusion
    if spec.scale is not None:
        level = expected.baselines[spec.scale.name]
        above = rule.above if rule is not None and on_baseline else None
        score = np.clip(_spread(level.median, level.sd, n, order, above), spec.scale.lower, spec.scale.upper)
        data["symptom"] = (("participant", "visit"), np.repeat(score[:, None], data.sizes["visit"], axis=1))
        data["symptom_text"] = (("participant", "visit"), np.full((n, data.sizes["visit"]), ""))
    if rule is not None and on_baseline:
        data["screening"] = data["symptom"].sel(visit=spec.baseline, drop=True)
    elif rule is not None:
        level = expected.baselines[rule.score]
        data["screening"] = ("participant", _spread(level.median, level.sd, n, order, rule.above))
    for name in spec.covariates.numeric:
        data[f"covariate_{name}"] = ("participant", _spread(0.0, 1.0, n, order))
    if spec.arms is not None:
        control = spec.arms.control
        levels = sorted(expected.arms, key=lambda arm: (arm != control, arm))
        arms = np.array(levels, dtype=str)[np.arange(n) % len(levels)]
        data = data.assign_coords(arm=("participant", arms, {"levels": levels}))
    return data


def _spread(median: float, sd: float | None, n: int, order: np.random.Generator, above: float | None = None) -> Floats:
    """Values at evenly spaced quantiles, shuffled; those of people included by the score lie above its threshold."""
    z = stats.norm.ppf((order.permutation(n) + 0.5) / n)
    if sd is None:
        return np.full(n, median)
    if above is None:
        return np.asarray(median + sd * z, dtype=np.float64)
    # Log-normal over the threshold: exp(s z) has the variance w (w - 1), where w = exp(s^2).
    share = sd / (median - above)
    w = (1 + np.sqrt(1 + 4 * share**2)) / 2
    return np.asarray(above + (median - above) * np.exp(np.sqrt(np.log(w)) * z), dtype=np.float64)


def _limits(spec: StudySpec, shape: tuple[int, ...], key: str) -> Floats:
    """The limits the study file states, in the unit of analysis; NaN where it states none."""
    found = np.full(shape, np.nan)
    for position, marker in enumerate(spec.marker):
        stated = getattr(marker, key)
        if stated is not None:
            found[:, :, position] = [to_raw(limit, marker) for limit in stated]
    return found


def _without_unknown_levels(spec: StudySpec) -> StudySpec:
    covariates = CovariatesTable(numeric=spec.covariates.numeric)
    unknown = dict.fromkeys(("groups", "sites", "plates", "dates"))
    return spec.model_copy(update={**unknown, "covariates": covariates})


def _notices(spec: StudySpec, path: Path) -> tuple[Notice, ...]:
    left_out = [key for key in ("groups", "sites", "plates", "dates") if getattr(spec, key) is not None]
    left_out += ["covariates.categorical"] if spec.covariates.categorical else []
    message = "left out of the plan, for what it holds is known from data alone; plan from the data of a like study"
    return tuple(Notice(path.name, key, message) for key in left_out)


# What is required, found, and to be done.
Contradiction = tuple[str, str, str]


def _faults(spec: StudySpec, expected: Expected) -> list[Fault]:
    """What is lacking, and what is stated of nothing in the study file; the options of `cochange plan` state it."""
    of_baselines = (*_of_baselines(spec, expected.baselines), *_of_inclusion(spec, expected))
    return [
        *(Fault("baselines", None, None, *contradiction) for contradiction in of_baselines),
        *(Fault("arms", None, None, *contradiction) for contradiction in _of_arms(spec, expected.arms)),
    ]


def _of_baselines(spec: StudySpec, baselines: Mapping[str, Level]) -> Iterator[Contradiction]:
    markers = [marker.name for marker in spec.marker]
    named = [*markers, *([] if spec.scale is None else [spec.scale.name])]
    named += [spec.inclusion.score] if spec.inclusion is not None and not spec.inclusion_on_baseline else []
    screened = None if spec.inclusion is None else spec.inclusion.score
    meant = {nearest(name, named) for name in baselines if name not in named}
    for name in dict.fromkeys(named):
        # A mistyped name is told as such.
        if name not in baselines and name not in meant:
            needed = "MEDIAN,SD" if name == screened else "MEDIAN[,SD]"
            yield f"the expected baseline of {name}", "none", f"state it with `baselines`, as {name}={needed}"
    for name, level in baselines.items():
        if name not in named:
            yield "a baseline of something in the study file", f"'{name}'", choice(name, named)
            continue
        if name in markers and level.median <= 0:
            yield f"a baseline of {name} above 0, on the raw scale,", f"{level.median:g}", "correct it"
        if (
            spec.scale is not None
            and name == spec.scale.name
            and not spec.scale.lower <= level.median <= spec.scale.upper
        ):
            required = (
                f"a baseline of {name} from {spec.scale.lower:g} to {spec.scale.upper:g}, the range of the scale,"
            )
            yield required, f"{level.median:g}", "correct it"
        if level.sd is not None and level.sd <= 0:
            yield f"a standard deviation of {name} above 0", f"{level.sd:g}", "correct it"


def _of_inclusion(spec: StudySpec, expected: Expected) -> Iterator[Contradiction]:
    """Whoever was included lies above the threshold, by how much is known from the standard deviation."""
    rule = spec.inclusion
    level = None if rule is None else expected.baselines.get(rule.score)
    if rule is None or level is None:
        return
    if level.median <= rule.above:
        yield f"a median of {rule.score} among those included above {rule.above:g}", f"{level.median:g}", "correct it"
    if level.sd is None:
        required = f"the standard deviation of {rule.score} among those included"
        yield required, "none", f"state it with `baselines`, as {rule.score}={level.median:g},SD"


def _of_arms(spec: StudySpec, arms: tuple[str, ...]) -> Iterator[Contradiction]:
    if spec.arms is None:
        if arms:
            yield "an [arms] table for arms", "none", "leave `arms` out, or declare [arms]"
    elif len(set(arms)) < 2 or len(set(arms)) < len(arms):
        found = listing(arms) if arms else "none"
        yield "the names of two or more different arms", found, "state them with `arms`, the control first"
    elif spec.arms.control is not None and spec.arms.control not in arms:
        yield f"an arm '{spec.arms.control}'", listing(arms), "name the control among `arms`"
