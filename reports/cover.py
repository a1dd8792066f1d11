"""What stands before and after the sections: the same words in every form of the report."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cochange.inference.results import Results
from cochange.inference.verdict import Status
from cochange.reports.labels import VERDICTS

SIGN = "SYNTHETIC DATA"


@dataclass(frozen=True)
class Cover:
    """The frame of a report.

    Attributes
    ----------
    kind, title : str
        What kind of document it is, and the title of the study.
    facts : tuple of str
        Design, treatment, date and version, those that are known.
    status : {"report", "caution", "do not report", "even ranks", "uneven ranks", "recovery", "assurance", "power"}
        The verdict; of a calibration, how its ranks are; of a plan, what was found.
    synthetic : bool
        Whether the data are simulated. Then the sign and the notice stand on top, the sign before the closing words,
        and the mark before every caption and alternative text.
    closing : str
        The last words.
    created : datetime or None
        When the run was made; None where that is not known.
    label : str
        What the status is.
    basis : str
        Where what the verdict rests on stands; empty where that is not said at the head.
    sign, notice, mark : str
        What is said of synthetic data, and where; the mark is empty where captions say it themselves.
    """

    kind: str
    title: str
    facts: tuple[str, ...]
    status: Status | Literal["even ranks", "uneven ranks", "recovery", "assurance", "power"]
    synthetic: bool
    closing: str
    created: datetime | None
    label: str = "Verdict"
    basis: str = ""
    sign: str = f"{SIGN}:"
    notice: str = "simulated for demonstration. No person in it exists, and nothing here is a finding."
    mark: str = f"{SIGN.capitalize()}. "

    @property
    def full_title(self) -> str:
        """The title, after the sign where the data are synthetic."""
        return f"{self.sign} {self.title}" if self.synthetic else self.title

    @property
    def verdict(self) -> str:
        """The status in words, and what it rests on."""
        words = VERDICTS.get(self.status, self.status)
        return f"{words} ({self.basis})" if self.basis else words

    @property
    def fact_line(self) -> str:
        """The facts on one line."""
        return " · ".join(self.facts)

    @property
    def closing_sign(self) -> str:
        """What goes before the closing words; empty for a study of people."""
        return f"{self.sign.removesuffix(':')}." if self.synthetic else ""

    def marked(self, text: str) -> str:
        """A caption or an alternative text, after the mark where the data are synthetic."""
        return f"{self.mark}{text}" if self.synthetic else text


def cover_of(results: Results) -> Cover:
    """The frame of the report of a run."""
    study = results.study.spec.study
    version = results.manifest.get("versions", {}).get("cochange", "")
    program = f"cochange {version}".strip()
    given = results.manifest.get("created")
    created = datetime.fromisoformat(given) if given else None
    day = f"{created:%Y-%m-%d}" if created else ""
    facts = (study.design, study.treatment, day, program if version else "")
    return Cover(
        kind="Posterior report",
        title=study.title,
        facts=tuple(fact for fact in facts if fact),
        status=results.verdict.status,
        synthetic=study.synthetic,
        closing=(
            f"Made by {program} from the draws stored beside this report. Probabilities are given the data, the model "
            "and the prior."
        ),
        created=created,
        basis="by diagnostics and data: see Summary",
    )


def flat(text: str) -> str:
    """A text on one line, its white space drawn together as a browser does."""
    return re.sub("[ \t\r\n\f]+", " ", text).strip(" ")
