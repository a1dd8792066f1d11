"""Blanks that a study file still holds."""

import pytest

from cochange.data.specification.blanks import blank

STUDY = """\
[study]
title = "T"
design = "FILL IN: one of 'single arm', 'randomised'"
treatment = "none"
[data]
file = "x.csv"
layout = "wide"
participant = "id"
visits = ["0", "12"]
missing = ["FILL IN: codes, or nothing between the brackets"]
[[marker]]
name = "IL-6"
unit = "FILL IN: the unit, such as pg/mL"
scale = "raw"
columns = ["a", "b"]
lower_limit = "FILL IN: a number"
"""


def test_every_blank_is_told_with_its_line_key_and_what_to_do(spec_faults) -> None:
    faults = spec_faults(STUDY)
    assert [(fault.row, fault.column) for fault in faults] == [
        (3, "study.design"),
        (10, "data.missing[1]"),
        (13, "marker[1].unit"),
        (16, "marker[1].lower_limit"),
    ]
    assert str(faults[2]) == (
        "study.toml, line 13, key marker[1].unit: a value of yours is required; found the blank 'FILL IN'; "
        "put in its place the unit, such as pg/mL"
    )


def test_other_faults_are_told_with_the_blanks(spec_faults) -> None:
    faults = spec_faults(STUDY.replace('scale = "raw"', 'scale = "rwa"'))
    assert [fault.row for fault in faults] == [3, 10, 13, 16, 14]
    assert "'raw'" in faults[-1].required


@pytest.mark.parametrize("text", ["FILL IN", "FILL IN:", blank("")])
def test_an_empty_blank_is_one_too(spec_faults, text: str) -> None:
    (fault,) = spec_faults('[study]\ntitle = "' + text + '"\ndesign = "single arm"\ntreatment = "x"\n')[:1]
    assert (fault.row, fault.action) == (2, "put in its place your value")
