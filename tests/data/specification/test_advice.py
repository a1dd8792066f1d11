"""What is advised for values of a study file that are written in another way than they have to be."""

import pytest

STUDY = """\
[study]
title = "T"
design = "single arm"
treatment = "exercise"
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "12 weeks"]
missing = ["NA"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]
lower_limit = 0.5
[covariates]
numeric = ["age"]
"""


@pytest.mark.parametrize("scale", ["log", "Log", "logarithm", "lg", "LOG"])
def test_no_base_is_proposed_for_a_logarithm_that_does_not_tell_it(spec_faults, scale: str) -> None:
    (fault,) = spec_faults(STUDY.replace('"raw"', f'"{scale}"'))
    told = f"'{scale}' does not tell the base of the logarithm: find out, and write 'ln', 'log10' or 'log2'"
    assert fault.action == told


@pytest.mark.parametrize(
    ("scale", "action"),
    [
        ("log_e", "write 'ln' where the natural logarithm is meant"),
        ("log 10", "did you mean 'log10'?"),
        ("Raw", "did you mean 'raw'?"),
    ],
)
def test_a_scale_that_is_told_is_proposed(spec_faults, scale: str, action: str) -> None:
    (fault,) = spec_faults(STUDY.replace('"raw"', f'"{scale}"'))
    assert fault.action == action


@pytest.mark.parametrize(
    ("right", "wrong", "action"),
    [
        ("0.5", '"0.5"', "write 0.5, without quotes"),
        ("0.5", '"0,5"', "write 0.5, without quotes"),
        ("0.5", '["0.5"]', "correct the value"),
        ('["age"]', '"age"', 'write ["age"]'),
        ('["age"]', '"age, bmi"', "write each text of it in quotes of its own"),
        ('["NA"]', '"NA"', 'write ["NA"]'),
    ],
)
def test_a_value_in_another_form_is_written_anew(spec_faults, right: str, wrong: str, action: str) -> None:
    (fault,) = spec_faults(STUDY.replace(f" = {right}", f" = {wrong}"))
    assert fault.action == action


def test_a_fault_of_the_whole_study_file_names_no_key(spec_faults) -> None:
    (fault,) = spec_faults(STUDY[: STUDY.index("[[marker]]")])
    assert fault.column is None
    assert str(fault).startswith("study.toml: a [[marker]] or a [symptom] table is required")
