import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pydantic
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.spec import StudySpec, read_spec

GOOD = """\
[study]
title = "T"
design = "single arm"
treatment = "exercise"
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "12 weeks"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]
[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]
"""
SpecFaults = Callable[[str], tuple[Fault, ...]]


def spec_of(tmp_path: Path, text: str) -> StudySpec:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_spec(path)


def test_defaults_of_a_short_study_file(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, GOOD)
    assert (spec.baseline, spec.follow_up, spec.analysed_marker) == ("baseline", "12 weeks", "IL-6")
    assert (spec.data.decimal, spec.data.encoding, spec.data.missing) == (".", "utf-8", ())
    assert (spec.analysis.ci_prob, spec.analysis.ci_kind, spec.analysis.seed) == (0.95, "eti", 20170312)
    assert spec.analysis.likelihood == "normal"
    assert spec.study.synthetic is False
    assert spec.scale is not None
    assert spec.scale.remission is None
    assert spec.arms is None


def test_everything_optional_is_kept(tmp_path: Path) -> None:
    text = GOOD.replace('scale = "MADRS"', 'scale = "MADRS"\nremission = 10').replace(
        'scale = "raw"', 'scale = "raw"\nlower_limit = [0.16, 0.2]\nupper_limit = 200\nconfirmed = ["scale"]'
    )
    text += """
[estimand]
intercurrent_events = [{event = "stopped", strategy = "treatment policy"}]
[estimand.smallest_important.symptom_change]
value = 3
reason = "asked patients"
[analysis]
baseline = "baseline"
models = ["marker_change"]
[analysis.prior_sets.mine]
base = "reference"
[analysis.prior_sets.mine.symptom_change]
prognostic = { mean = 0, sd = 1 }
"""
    spec = spec_of(tmp_path, text)
    assert spec.marker[0].lower_limit == (0.16, 0.2)
    assert spec.marker[0].upper_limit == (200,)
    assert spec.scale is not None
    assert spec.scale.remission == 10
    assert spec.estimand.smallest_important["symptom_change"].value == 3
    assert spec.analysis.prior_sets["mine"]["base"] == "reference"
    assert spec.analysis.prior_sets["mine"]["symptom_change"] == {"prognostic": {"mean": 0, "sd": 1}}


def test_missing_codes_are_stripped_like_the_cells(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, GOOD.replace('participant = "id"', 'participant = "id"\nmissing = ["", " NA ", "."]'))
    assert spec.data.missing == ("", "NA", ".")


def test_a_scale_of_ones_own(tmp_path: Path) -> None:
    own = 'scale = "BOP"\nrange = [0, 100]\ndirection = "higher is better"\nremission = 90'
    scale = spec_of(tmp_path, GOOD.replace('scale = "MADRS"', own)).scale
    assert scale is not None
    assert (scale.name, scale.lower, scale.upper, scale.remission) == ("BOP", 0, 100, 90)
    assert scale.direction == "higher is better"


def test_a_spec_is_frozen(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, GOOD)
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        spec.study.title = "other"


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert spec_of(tmp_path, "\ufeff" + GOOD).study.title == "T"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        ('title = "T"', 'title = "T"\npopulaton = "x"', 3, "study.populaton", "did you mean 'population'?"),
        ("[symptom]", '[plate]\ncolumns = ["a"]\n[symptom]', 15, "plate", "did you mean 'plates'?"),
        ('title = "T"\n', "", 1, "study.title", "the key 'title' in [study] is required; found nothing"),
        ('title = "T"', 'title = "  "', 2, "study.title", "a text that is not empty is required; found '  '"),
        ('title = "T"', "title = 5", 2, "study.title", 'a text in quotes is required; found 5; write "5"'),
        ('"single arm"', '"singel arm"', 3, "study.design", "found 'singel arm'; did you mean 'single arm'?"),
        ('design = "single arm"\n', "", 1, "study.design", "one of 'single arm', 'randomised'"),
        ('"wide"', '"tall"', 7, "data.layout", "'wide' or 'long' is required; found 'tall'"),
        ('visits = ["baseline", "12 weeks"]', "visits = []", 9, "data.visits", "a list of at least 1"),
        ('participant = "id"', 'participant = "id"\nmissing = [-9]', 9, "data.missing[1]", 'write "-9"'),
        ('participant = "id"', 'participant = "id"\ndelimiter = "x"', 9, "data.delimiter", "found 'x'"),
        ('participant = "id"', 'participant = "id"\ncomment = "##"', 9, "data.comment", "a single character"),
        ('unit = "pg/mL"\n', "", 10, "marker[1].unit", "the key 'unit' in [marker[1]] is required"),
        ('"raw"', '"log"', 13, "marker[1].scale", "'raw', 'ln', 'log10', 'log2' or 'log(x+1)'"),
        ('"raw"', '"raw"\nlower_limit = "0.1"', 14, "marker[1].lower_limit", "a list with one number a visit"),
        ('"raw"', '"raw"\nfloors = ["x"]', 14, "marker[1].floors[1]", "a number is required; found 'x'"),
        ('"MADRS"', '"MADRS"\nrange = [0]', 17, "symptom.range", "a list of at least 2"),
        ("[symptom]", "[analysis]\nci_prob = 95\n[symptom]", 16, "analysis.ci_prob", "a number below 1"),
        ("[symptom]", "[analysis]\nseed = 1.5\n[symptom]", 16, "analysis.seed", "a whole number is required"),
        ("[symptom]", '[analysis]\nci_kind = "hpd"\n[symptom]', 16, "analysis.ci_kind", "did you mean 'hdi'?"),
        (
            "[symptom]",
            "[estimand.smallest_important.symptom_change]\nvalue = 3\n[symptom]",
            15,
            "estimand.smallest_important.symptom_change.reason",
            "the key 'reason'",
        ),
        (
            "[symptom]",
            '[estimand]\nintercurrent_events = [{event = "a", strategy = "composite"}]\n[symptom]',
            16,
            "estimand.intercurrent_events[1].strategy",
            "did you mean 'composite variable'?",
        ),
    ],
)
def test_each_fault_of_a_key_names_line_key_and_remedy(
    spec_faults: SpecFaults, old: str, new: str, line: int, key: str, said: str
) -> None:
    assert GOOD.count(old) >= 1
    (fault,) = spec_faults(GOOD.replace(old, new, 1))
    assert (fault.file, fault.row, fault.column) == ("study.toml", line, key)
    assert said in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('["baseline", "12 weeks"]', '["baseline", "baseline"]', "data.visits", "'baseline' more than once"),
        ('"il6_12"', '"madrs_0"', "marker", "'madrs_0' more than once"),
        ('["il6_0", "il6_12"]', '["il6_0"]', "marker[1].columns", "a list of 2 columns"),
        ('["madrs_0", "madrs_12"]', '["a", "b", "c"]', "symptom.columns", "found 3"),
        ('"single arm"', '"cross-sectional"', "data.visits", "exactly one visit"),
        ('"single arm"', '"randomised"', "study.design", "an [arms] table"),
        (
            "[symptom]",
            '[arms]\ncolumn = "arm"\n[symptom]',
            "arms",
            "a randomised or observational design, in which arms can be declared, is required; found the design",
        ),
        ('"wide"', '"wide"\nvisit = "week"', "data.visit", "a long layout, which alone has the key 'visit',"),
        ('"MADRS"', '"MADRS"\nbaseline_column = "b"', "symptom.baseline_column", "found a wide layout; drop the key"),
        ('"raw"', '"raw"\nlower_limit = [1, 2, 3]', "marker[1].lower_limit", "one for each of the 2 visits"),
        ('"raw"', '"raw"\nlower_limit = -1', "marker[1].lower_limit", "a positive number"),
        ('"raw"', '"raw"\nfloors = [0]', "marker[1].floors", "zero has no logarithm: add the detection limit as"),
        ('"raw"', '"raw"\nlower_limit = 1\nfloors = [-9, 0]', "marker[1].floors", "found -9"),
        ('"raw"', '"raw"\nlower_limit = 5\nupper_limit = 5', "marker[1]", "found 5 and 5"),
        ('scale = "MADRS"', 'scale = "madrs"\nrange=[0, 60]', "symptom.scale", "did you mean 'MADRS'?"),
        (
            'scale = "MADRS"',
            'scale = "PHQ9"',
            "symptom.scale",
            "keys 'range' and 'direction' for a scale of your own, is",
        ),
        ('scale = "MADRS"', 'scale = "PHQ9"', "symptom.scale", "; did you mean 'PHQ-9'? Known scales: 'MADRS'"),
        ('scale = "MADRS"', 'scale = "BOP"', "symptom.scale", "; known scales: 'MADRS'"),
        ('scale = "MADRS"', 'scale = "BOP"\ndirection = "higher is worse"', "symptom.scale", "the key 'range'"),
        ('scale = "MADRS"', 'scale = "MADRS"\nrange = [0, 50]', "symptom.range", "0 to 60 of MADRS"),
        ('scale = "MADRS"', 'scale = "MADRS"\nremission = 61', "symptom.remission", "within 0 to 60"),
        ('scale = "MADRS"', 'scale = "MADRS"\ndirection = "higher is better"', "symptom.direction", "of MADRS"),
        ("[symptom]", '[analysis]\nbaseline = "basline"\n[symptom]', "analysis.baseline", "did you mean 'baseline'?"),
        ("[symptom]", '[analysis]\nfollow_up = "baseline"\n[symptom]', "analysis", "after the baseline visit"),
        ("[symptom]", '[analysis]\nmarker = "IL6"\n[symptom]', "analysis.marker", "did you mean 'IL-6'?"),
        ("[symptom]", '[covariates]\nnumeric = ["a", "a"]\n[symptom]', "covariates", "'a' more than once"),
        (
            "[symptom]",
            '[[marker]]\nname = "CRP"\nunit = "mg/L"\nscale = "ln"\ncolumns = ["c0", "c1"]\n[symptom]',
            "analysis",
            "the key 'marker' with several markers",
        ),
    ],
)
def test_each_contradiction_is_named(spec_faults: SpecFaults, old: str, new: str, key: str, said: str) -> None:
    (fault,) = spec_faults(GOOD.replace(old, new, 1))
    assert fault.column == key
    assert said in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('"wide"', '"long"', "data", "the key 'visit' in a long layout"),
        ('"wide"', '"long"\nvisit = "w"\nignore_visits = ["baseline"]', "data.ignore_visits", "found 'baseline'"),
        ('["baseline", "12 weeks"]', '["baseline"]', "data.visits", "more than one visit in a single arm study"),
    ],
)
def test_contradictions_that_come_in_company(spec_faults: SpecFaults, old: str, new: str, key: str, said: str) -> None:
    matching = [fault for fault in spec_faults(GOOD.replace(old, new, 1)) if fault.column == key]
    assert len(matching) == 1
    assert said in str(matching[0])


def test_a_study_with_no_outcome_is_refused(spec_faults: SpecFaults) -> None:
    (fault,) = spec_faults(GOOD.split("[[marker]]")[0])
    assert "a [[marker]] or a [symptom] table is required" in str(fault)


def test_several_faults_come_together_in_the_order_of_the_lines(spec_faults: SpecFaults) -> None:
    text = GOOD.replace('title = "T"', 'titel = "T"').replace('"raw"', '"rwa"').replace('"wide"', '"wid"')
    faults = spec_faults(text)
    assert [fault.column for fault in faults] == ["study.title", "study.titel", "data.layout", "marker[1].scale"]
    assert [fault.row for fault in faults] == [1, 2, 7, 13]


def test_a_syntax_error_names_its_line(spec_faults: SpecFaults) -> None:
    (fault,) = spec_faults(GOOD.replace('title = "T"', "title = T"))
    assert fault.row == 2
    assert "valid TOML is required" in str(fault)


def test_an_unclosed_list_is_sought_in_the_lines_before(spec_faults: SpecFaults) -> None:
    (fault,) = spec_faults(GOOD.replace('"12 weeks"]', '"12 weeks"'))
    assert fault.row == 10
    assert "or one before it where a bracket or quotation mark was not closed" in fault.action


def test_a_study_file_that_is_absent_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a study file in TOML is required; found no file that can be read"):
        read_spec(tmp_path / "absent.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(GOOD.replace('"T"', '"Sp\xe4th"').encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.toml, line 2: text in UTF-8 is required; found the byte 0xe4"):
        read_spec(path)


def test_reading_a_spec_loads_nothing_heavy() -> None:
    code = "import sys, cochange.data.spec; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"pymc", "arviz", "arviz_base", "pytensor", "pandas", "xarray", "scipy"}.isdisjoint(loaded)
    assert "cochange.data.spec" in loaded
