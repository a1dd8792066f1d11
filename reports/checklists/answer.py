"""An answer to an item of a checklist, and the places of the report it can lead to."""

from dataclasses import dataclass
from typing import Literal

from cochange.inference.doubled import main_model
from cochange.inference.results import Results
from cochange.reports.block import Section
from cochange.reports.primary import primary_model

Status = Literal["answered", "not applicable", "missing"]
STATUSES: tuple[Status, ...] = ("answered", "not applicable", "missing")


@dataclass(frozen=True)
class Place:
    """A place of the report.

    Attributes
    ----------
    section : Section
        The section; what it needs decides whether the place is there.
    words : str
        What stands there.
    name : str
        ``table-`` or ``figure-`` and its name; empty for the section as a whole. ``{model}`` stands for the name of
        the primary model, or of the main one where none is stated.
    """

    section: Section
    words: str
    name: str = ""

    def lack(self, results: Results) -> str:
        """Why the section is not shown; empty where it is."""
        return next((lack for need in self.section.needs if (lack := need(results))), "")

    def target(self, results: Results) -> str:
        """The target of a link to it."""
        if not self.name:
            return self.section.title
        main = main_model(results.models).name if results.models else ""
        return self.name.format(model=primary_model(results) or main)


@dataclass(frozen=True)
class Answer:
    """What the report says to an item.

    Attributes
    ----------
    status : {"answered", "not applicable", "missing"}
        Whether it says anything.
    text : str
        What it says, in numbers where it can; the reason why the item does not apply; or what to do.
    place : Place or None
        Where it says so; of answered items alone.

    Raises
    ------
    ValueError
        If an answered item has no place, or another one has, or no text.
    """

    status: Status
    text: str
    place: Place | None = None

    def __post_init__(self) -> None:
        if (self.status == "answered") != (self.place is not None) or not self.text:
            raise ValueError(f"an answered item has a place and a text, any other a text alone: {self}")


def answered(place: Place, results: Results, text: str) -> Answer:
    """An answer given at a place of the report; missing where the section is not shown."""
    if lack := place.lack(results):
        return missing(f"{place.section.title} is not shown: {lack}.")
    return Answer("answered", text, place)


def not_applicable(reason: str) -> Answer:
    """An item that does not apply, with the reason."""
    return Answer("not applicable", reason)


def missing(what_to_do: str) -> Answer:
    """An item the report leaves open, with what to do about it."""
    return Answer("missing", what_to_do)
