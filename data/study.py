"""The validated study that models, inference and reports work on."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import xarray as xr

from cochange.data.arguments import require
from cochange.data.audit import Audit
from cochange.data.faults import Notice
from cochange.data.scales import Scale
from cochange.data.spec import StudySpec


@dataclass(frozen=True, eq=False)
class Study:
    """A study, read and checked.

    Attributes
    ----------
    spec : StudySpec
        The study file.
    path : Path
        Where the study file lies.
    data : xarray.Dataset
        Dims `participant`, `visit` (in the declared order) and `marker` (size 0 without markers).
        By (participant, visit, marker): `marker_text` as written, duplicate wells joined by " | "; `marker_value` in
        the unit of analysis on the raw scale (the limit where censored, NaN where missing; of duplicate wells the
        geometric mean); `marker_status` "observed", "below", "above" or "missing"; `lower_limit` and `upper_limit` of
        the sample (NaN where unknown); `log_marker`, natural log of the value; `wells`, the number of wells the value
        rests on (0 where missing, 1 without duplicates); `well_squares`, the sum of squared deviations of their
        natural logs from `log_marker`, with `wells` - 1 degrees of freedom where the status is "observed", and 0, with
        none, where the sample is censored or missing.
        By (participant, visit): `symptom_text` and `symptom` in points, when a symptom is declared; `plate`, when
        declared; `day`, when dates are declared: days since the participant's baseline visit, or since the start that
        times are counted from, NaN where unknown; `row`, the row of the file, -1 where absent.
        By participant: coordinates `arm`, `group`, `site` where declared, with their `levels` as an attribute (control
        first); `covariate_<column>` (float, or text with `levels`); `screening` when an inclusion rule is declared (the
        baseline score where participants were included on that; NaN where missing); `reason` for leaving when its
        column is declared, empty where none is given; `event_visit`, the first visit after an intercurrent event,
        likewise.
    audit : Audit
        What became of every cell.
    notices : tuple of Notice
        What the user should check.
    input_hash : str
        SHA-256 of the study file, every data file and every data dictionary, in the order of the study file.
    content_hash : str
        The same with what the study file says in place of its bytes: comments, blank space and the order of keys do not
        count, nor does what only a report says or judges by: title, populations, smallest important differences and
        what is primary. Fits of the study can be used again where it is the same.
    """

    spec: StudySpec
    path: Path
    data: xr.Dataset
    audit: Audit
    notices: tuple[Notice, ...]
    input_hash: str
    content_hash: str

    def with_data(self, data: xr.Dataset, how: str) -> "Study":
        """The study with other data, and the hashes of what they were made from and how.

        Parameters
        ----------
        data : xarray.Dataset
            The data, made from those of the study.
        how : str
            How, in words and numbers that tell one way from another.
        """
        own, content = (
            hashlib.sha256(f"{of} {how}".encode()).hexdigest() for of in (self.input_hash, self.content_hash)
        )
        return replace(self, data=data, input_hash=own, content_hash=content)

    def __repr__(self) -> str:
        sizes, outcomes = self.data.sizes, [*(marker.name for marker in self.spec.marker)]
        outcomes += [] if self.scale is None else [self.scale.name]
        numbers = f"{sizes['participant']} participants, {sizes['visit']} visits"
        return f"Study {self.spec.study.title!r}: {numbers}; {', '.join(outcomes)}"

    @property
    def baseline(self) -> str:
        """Visit the pre/post models start from."""
        return self.spec.baseline

    @property
    def follow_up(self) -> str:
        """Visit the pre/post models end at; equals `baseline` when there is one visit."""
        return self.spec.follow_up

    @property
    def marker(self) -> str | None:
        """Name of the marker the regressions analyse, or None."""
        return self.spec.analysed_marker

    @property
    def scale(self) -> Scale | None:
        """Symptom scale with the remission cut in force, or None."""
        return self.spec.scale

    @property
    def has_two_visits(self) -> bool:
        """Whether there are a baseline and a follow-up visit."""
        return self.baseline != self.follow_up


def require_study(given: object) -> None:
    """Refuse what is no study, such as its path.

    Raises
    ------
    TypeError
        With how a study is read.
    """
    require(given, Study, "study must be a Study, as cochange.read_study(PATH) gives")
