import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pydantic
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.spec import StudySpec
from cochange.data.specification.judge import read_spec

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
    assert (spec.analysis.likelihood, spec.analysis.measurement) == ("normal", "on")
    assert spec.symptom is not None
    assert spec.symptom.distribution == "continuous"
    assert spec.inclusion_on_baseline is False
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


def test_the_wells_of_a_sample_stand_in_a_list_of_their_own(tmp_path: Path) -> None:
    marker = spec_of(tmp_path, GOOD).marker[0]
    assert (marker.columns, marker.wells) == (("il6_0", "il6_12"), (("il6_0",), ("il6_12",)))
    assert not marker.has_duplicates
    marker = spec_of(tmp_path, GOOD.replace('["il6_0", ', '[["il6_0_a", " il6_0_b "], ')).marker[0]
    assert marker.columns == (("il6_0_a", "il6_0_b"), "il6_12")
    assert marker.wells == (("il6_0_a", "il6_0_b"), ("il6_12",))
    assert marker.has_duplicates


@pytest.mark.parametrize(
    ("inclusion", "layout", "on_baseline"),
    [
        ('score = "MADRS"\ncolumn = "madrs_0"', "wide", True),
        ('score = "MADRS"\ncolumn = "madrs_s"', "wide", False),
        ('score = "MADRS"\ncolumn = "madrs"', "long", True),
        ('score = "MADRS"\ncolumn = "madrs_0"', "long", False),
        ('score = "MADRS"\ncolumn = "madrs_0"', "long with a baseline column", True),
    ],
)
def test_inclusion_on_the_baseline_score(tmp_path: Path, inclusion: str, layout: str, on_baseline: bool) -> None:
    text = f"{GOOD}[inclusion]\n{inclusion}\nabove = 19\n"
    if layout != "wide":
        text = text.replace('"wide"', '"long"\nvisit = "week"').replace('["il6_0", "il6_12"]', '["il6"]')
        text = text.replace('["madrs_0", "madrs_12"]', '["madrs"]')
    if layout == "long with a baseline column":
        text = text.replace('columns = ["madrs"]', 'columns = ["madrs"]\nbaseline_column = "madrs_0"')
    assert spec_of(tmp_path, text).inclusion_on_baseline is on_baseline


def test_the_baseline_score_is_that_of_the_analysed_baseline(tmp_path: Path) -> None:
    text = GOOD.replace('"baseline", ', '"screening", "baseline", ').replace('["il6_0", ', '["il6_s", "il6_0", ')
    text = text.replace('["madrs_0", ', '["madrs_s", "madrs_0", ')
    text += '[inclusion]\nscore = "MADRS"\ncolumn = "madrs_s"\nabove = 19\n'
    assert spec_of(tmp_path, text).inclusion_on_baseline
    assert not spec_of(tmp_path, f'{text}[analysis]\nbaseline = "baseline"\n').inclusion_on_baseline


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
        ('["il6_0", ', '["", ', 14, "marker[1].columns[1]", "a text that is not empty"),
        ('["il6_0", ', '[["il6_0", "  "], ', 14, "marker[1].columns[1]", "a text that is not empty"),
        (
            '["il6_0", ',
            "[5, ",
            14,
            "marker[1].columns[1]",
            "a column in quotes, or a list of the columns of one sample's",
        ),
        ('["il6_0", ', "[[], ", 14, "marker[1].columns[1]", "found []"),
        ('["il6_0", ', '[[["a"]], ', 14, "marker[1].columns[1]", "found [['a']]"),
        ('["il6_0", "il6_12"]', '"il6_0"', 14, "marker[1].columns", "a list in square brackets is required"),
        ("[symptom]", "[analysis]\nmeasurement = true\n[symptom]", 16, "analysis.measurement", "'on' or 'off'"),
        (
            '"MADRS"',
            '"MADRS"\ndistribution = "betabinomial"',
            17,
            "symptom.distribution",
            "did you mean 'beta_binomial'?",
        ),
        ('"raw"', '"raw"\nfloors = ["x"]', 14, "marker[1].floors[1]", "a number is required; found 'x'"),
        ('"MADRS"', '"MADRS"\nrange = [0]', 17, "symptom.range", "a list of at least 2"),
        ("[symptom]", "[analysis]\nci_prob = 95\n[symptom]", 16, "analysis.ci_prob", "a number below 1"),
        ("[symptom]", "[missing_data]\npoints = 200\n[symptom]", 16, "missing_data.points", "a number of at most 100"),
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
        (
            "[symptom]",
            '[[estimand.intercurrent_events]]\nevent = "x"\nstrategy = "hypothetical"\nmissing_as = "jump"\n[symptom]',
            18,
            "estimand.intercurrent_events[1].missing_as",
            "'copy increments in reference' or 'non-response' is required; found 'jump'; write one of them",
        ),
        ('["madrs_0", "madrs_12"]', '[1, "madrs_12"]', 17, "symptom.columns[1]", "a column in quotes"),
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
        ('"il6_12"', '["il6_12", "il6_0"]', "marker", "'il6_0' more than once"),
        ('"il6_12"', '["il6_12", "madrs_0"]', "marker", "'madrs_0' more than once"),
        ('["il6_0", "il6_12"]', '["il6_0"]', "marker[1].columns", "a list of 2 columns"),
        ('["il6_0", "il6_12"]', '["a", "b", "c", "d"]', "marker[1].columns", "stand in a list of their own"),
        ('["madrs_0", "madrs_12"]', '["a", "b", "c"]', "symptom.columns", "found 3"),
        ('"single arm"', '"cross-sectional"', "data.visits", "exactly one visit"),
        ('"single arm"', '"randomised"', "study.design", "an [arms] table"),
        (
            "[symptom]",
            "[analysis]\nbenefit_by_marker = true\n[symptom]",
            "analysis.benefit_by_marker",
            "an [arms] table",
        ),
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
        (
            'scale = "MADRS"',
            'scale = "Own"\nrange = [0, 10.5]\ndirection = "higher is worse"\ndistribution = "beta_binomial"',
            "symptom.distribution",
            "a range of whole numbers, the only ones a beta_binomial score counts, is required; found [0.0, 10.5]",
        ),
        (
            "[symptom]",
            '[inclusion]\nscore = "PHQ-9"\ncolumn = "madrs_0"\nabove = 9\n[symptom]',
            "inclusion.score",
            "the score 'MADRS', which [symptom] says the column 'madrs_0' holds, is required; found 'PHQ-9'",
        ),
        (
            "[symptom]",
            '[inclusion]\nscore = "MADRS"\ncolumn = "madrs_12"\nabove = 9\n[symptom]',
            "inclusion.column",
            "a column with scores from before the treatment is required; found 'madrs_12', a score after 'baseline'",
        ),
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


@pytest.mark.parametrize(
    ("scale", "keys"),
    [("MADRS", ""), ("MADRS", "range = [0, 60]"), ("Own", 'range = [1, 10]\ndirection = "higher is worse"')],
)
def test_scores_on_a_range_of_whole_numbers_may_be_counted(tmp_path: Path, scale: str, keys: str) -> None:
    new = f'scale = "{scale}"\n{keys}\ndistribution = "beta_binomial"'
    symptom = spec_of(tmp_path, GOOD.replace('scale = "MADRS"', new)).symptom
    assert symptom is not None
    assert symptom.distribution == "beta_binomial"


def test_counted_scores_without_a_range_are_refused_with_the_scale(spec_faults: SpecFaults) -> None:
    new = 'scale = "Own"\ndirection = "higher is worse"\ndistribution = "beta_binomial"'
    (fault,) = spec_faults(GOOD.replace('scale = "MADRS"', new))
    assert "the key 'range'" in fault.required


def test_inclusion_on_later_scores_of_a_long_file_is_refused(spec_faults: SpecFaults) -> None:
    text = GOOD.replace('"wide"', '"long"\nvisit = "week"').replace('["il6_0", "il6_12"]', '["il6"]')
    text = text.replace('["madrs_0", "madrs_12"]', '["madrs"]\nbaseline_column = "madrs_0"')
    (fault,) = spec_faults(f'{text}[inclusion]\nscore = "MADRS"\ncolumn = "madrs"\nabove = 19\n')
    assert (fault.column, fault.found) == ("inclusion.column", "'madrs', a score after 'baseline'")


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


def test_what_is_unclosed_at_the_end_names_the_last_line(spec_faults: SpecFaults) -> None:
    text = GOOD.rstrip()
    (fault,) = spec_faults(f"{text}\nfloors = [1, 2\n\n")
    assert fault.row == len(text.splitlines()) + 1
    assert "end of document" in fault.found


def test_a_key_given_twice_is_named_with_its_first_line(spec_faults: SpecFaults) -> None:
    (fault,) = spec_faults(GOOD.replace('title = "T"', 'title = "T"\ntitle = "U"'))
    assert (fault.row, fault.column) == (3, "title")
    assert fault.found == "the key 'title' a second time, first on line 2"
    assert "bracket" not in fault.action


def test_a_study_file_that_is_absent_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a study file in TOML is required; found no file that can be read"):
        read_spec(tmp_path / "absent.toml")
    (tmp_path / "study.toml").write_text(GOOD)
    with pytest.raises(InputError, match=r"studdy.toml: .*; did you mean 'study.toml'\? Check the path"):
        read_spec(tmp_path / "studdy.toml")
    with pytest.raises(InputError, match=r"found a folder; name the file in it: 'study\.toml'"):
        read_spec(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(GOOD.replace('"T"', '"Sp\xe4th"').encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.toml, line 2: text in UTF-8 is required; found the byte 0xe4"):
        read_spec(path)


def test_reading_a_spec_loads_nothing_heavy() -> None:
    code = "import sys, cochange.data.specification.judge; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"pymc", "arviz", "arviz_base", "pytensor", "pandas", "xarray", "scipy"}.isdisjoint(loaded)
    assert "cochange.data.specification.judge" in loaded
