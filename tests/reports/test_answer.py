"""An answer to an item of a checklist has what its status asks for."""

import pytest

from cochange.reports.checklists.answer import Answer
from cochange.reports.checklists.places import PRIORS as PRIORS_PLACE


def test_an_answer_cannot_be_half_given() -> None:
    for status, text, place in (("answered", "so", None), ("missing", "", None), ("missing", "so", PRIORS_PLACE)):
        with pytest.raises(ValueError, match="a place and a text"):
            Answer(status, text, place)
