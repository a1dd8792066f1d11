"""Tables of published estimates: the one that ships against its sources, and the user's with its faults."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from scipy import stats

from cochange.data.faults import Fault, InputError
from cochange.data.published_table import PublishedTable, read_published

# A 95% interval is the estimate plus and minus 1.959964 standard errors.
Z = 1.959964
# Quantity, and estimate and standard error worked out by hand from the published numbers.
SHIPPED = [
    ("il6_case_control", 0.61, (0.82 - 0.39) / 2 / Z, "doi:10.1016/j.bbi.2020.02.010"),
    ("il6_change_antidepressants", -0.19, (-0.03 + 0.35) / 2 / Z, "doi:10.1007/s00228-021-03240-8"),
    ("il6_exercise_against_control", -0.16, (-0.03 + 0.30) / 2 / Z, "doi:10.3389/fpsyg.2023.1253329"),
    # Fisher's z of 0.48, 0.36 and 0.62: half the log of (1 + r) / (1 - r).
    ("il6_retest", 0.522984, (0.725005 - 0.376886) / 2 / Z, "PMC3392358"),
    # 11.2 - 21.5 among 259, 13.8 - 20.9 among 232, with an SD of change of 8.
    ("madrs_change_treated", -10.3, 8 / 16.093477, "doi:10.5281/zenodo.7254845"),
    ("madrs_change_usual_care", -7.1, 8 / 15.231546, "doi:10.5281/zenodo.7254845"),
    ("madrs_exercise_against_usual_care", -4.05, (5.94 - 2.17) / 2 / Z, "doi:10.1016/j.ypmed.2016.08.011"),
    ("madrs_exercise_against_usual_care", -2.08, (3.98 - 0.18) / 2 / Z, "doi:10.1016/j.ypmed.2016.08.011"),
    ("madrs_exercise_against_usual_care", -3.13, (5.07 - 1.19) / 2 / Z, "doi:10.1016/j.ypmed.2016.08.011"),
]

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "published.csv"
        path.write_text(text, "utf-8")
        return path

    return written


def faults_of(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read_published(path)
    return caught.value.faults


def test_the_shipped_numbers_are_those_of_their_sources() -> None:
    found = read_published().estimates
    assert [(item.quantity, item.source) for item in found] == [(row[0], row[3]) for row in SHIPPED]
    for item, (_, estimate, se, _) in zip(found, SHIPPED, strict=True):
        assert item.estimate == pytest.approx(estimate, abs=1e-6)
        assert item.se == pytest.approx(se, rel=1e-5)


def test_the_shipped_table_mixes_no_units_and_needs_no_notice() -> None:
    table = read_published()
    assert table.notices == ()
    assert all(item.notices == () for item in table.estimates)
    for quantity in table.quantities:
        assert len({(item.unit, item.scale) for item in table.of(quantity).estimates}) == 1
    # A standardised change is no change of the log marker: it informs no parameter in log units.
    assert all(item.informs == () for item in table.estimates if item.unit == "SDs")


def test_each_way_of_giving_a_standard_error(write: Write) -> None:
    text = "study,source,estimate,se,lower,upper,level,sd,n,scale\n"
    text += "A,x,1.5,0.25,,,,,,\n"
    text += "B,x,1.5,,1.0,2.0,0.9,,,\n"
    text += "C,x,1.5,,,,,4,64,\n"
    text += "D,x,1.5,,1.0,2.25,0.95,,,log\n"
    text += "E,x,0.5,,,,,,103,fisher z\n"
    text += "F,x,1.5,0.25,1.01,1.99,0.95,,,\n"
    found = read_published(write(text)).estimates
    half = stats.norm.ppf(0.95)
    assert [item.se for item in found] == pytest.approx(
        [0.25, 0.5 / half, 0.5, math.log(2.25) / 2 / stats.norm.ppf(0.975), 0.1, 0.25]
    )
    assert [item.estimate for item in found] == pytest.approx([1.5, 1.5, 1.5, math.log(1.5), 0.5 * math.log(3), 1.5])


def test_every_fault_of_every_row_comes_together(write: Write) -> None:
    text = "study,source,estimate,se,lower,upper,level,scale,quantity\n"
    text += "A,x,0.5,0,,,,,\n"
    text += ",x,0.5,0.1,,,,,\n"
    text += "C,,\u22120.5,0.1,,,,,\n"
    text += "D,x,,0.1,,,,,\n"
    text += "E,x,0.5,,0.1,,,,\n"
    text += "F,x,0.5,,0.1,0.4,0.95,,\n"
    text += "G,x,0.5,,0.9,0.1,0.95,,\n"
    text += "H,x,0.5,,0.1,0.9,95,,\n"
    text += "I,x,0.5,,,,,,\n"
    text += "J,x,0.5,0.4,0.1,0.9,0.95,,\n"
    text += "K,x,1.2,,0.1,0.9,0.95,fisher z,K\n"
    text += "L,x,-1,,0.1,0.9,0.95,log,L\n"
    text += "M,x,0.5,0.1,,,,logit,M\n"
    text += "N,x,0.5,0.1,,,,log,N\n"
    found = [(fault.row, fault.column) for fault in faults_of(write(text))]
    assert found == [
        (2, "se"),
        (3, "study"),
        (4, "source"),
        (4, "estimate"),
        (5, "estimate"),
        (6, "upper"),
        (6, "level"),
        (7, "estimate"),
        (8, "lower"),
        (9, "level"),
        (10, "se"),
        (11, "se"),
        (12, "estimate"),
        (13, "estimate"),
        (14, "scale"),
        (15, "se"),
    ]


def test_a_wrong_standard_error_hides_no_fault_of_the_interval(write: Write) -> None:
    text = "study,source,estimate,se,lower,upper,level,scale\n"
    text += "A,x,0.5,none,0.9,0.1,0.95,\n"
    text += "B,,0.5,0,0.1,0.9,,\n"
    text += "C,x,1.5,0.1,2,3,0.95,log\n"
    text += "D,x,0.5,0,0.9,x,0.95,\n"
    found = [(fault.row, fault.column) for fault in faults_of(write(text)) if fault.column != "scale"]
    assert found == [
        (2, "se"),
        (2, "lower"),
        (3, "source"),
        (3, "se"),
        (3, "level"),
        (4, "se"),
        (4, "estimate"),
        (5, "upper"),
        (5, "se"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "study,source,estimate,se\nA,x,0.5,\n",
            "published.csv, row 2, column se: a standard error or what it follows from is required; "
            "found none of them; give se; lower, upper and level; or sd and n",
        ),
        (
            "study,source,estimate,se\nA,x,\"0,5\",0.1\n",
            "published.csv, row 2, column estimate: a number is required; found '0,5'; "
            "write a plain number with a decimal point, or read the table with `decimal` ',' if all of its numbers "
            "have a comma",
        ),
        (
            "study,estimate,se\nA,0.5,0.1\n",
            "published.csv, row 1, column source: a column of this name is required; found none; "
            "the header holds 'study', 'estimate', 'se'",
        ),
        ("", "published.csv, row 1: a header with the names of the columns is required; found an empty file; "
         "save it as CSV in UTF-8, with a comma between the cells"),
        ("study,source,estimate,se\n", "published.csv, row 2: a row of data is required; found none after the header; "
         "add a row for each estimate"),
        ("study,source,estimate,n,scale\nA,x,0.5,3,fisher z\n",
         "published.csv, row 2, column n: a number of participants above 3, for a standard error of 1 / sqrt(n - 3), "
         "is required; found '3'; give lower, upper and level; or n above 3"),
        ("study,source,estimate,se,sd,n\nA,x,0.5,1,8,10\n",
         "published.csv, row 2, column se: a standard error of sd over the square root of n is required; found 1, but "
         "2.53 from sd and n; correct the one that is wrong, or leave out sd or n; sd is what one participant "
         "contributes, to a difference of two equal groups twice the SD within them"),
        ("study,source,estimate,se\nA,x,0.5,0.1\na,x,0.5,0.1\n",
         "published.csv, row 3, column study: each estimate once is required; found rows 2 and 3, which are both 'a' "
         "with the same numbers; delete one of them, or say in study or population who they are of"),
    ],
)  # fmt: skip
def test_a_fault_says_what_to_do(write: Write, text: str, message: str) -> None:
    (fault,) = faults_of(write(text))
    assert str(fault) == message


def test_mixed_units_and_missing_columns_come_with_the_faults_of_cells(write: Write) -> None:
    text = "study,estimate,se,unit,scale\nA,0.5,0.1,point,\nB,x,0.1,points,log\nC,1.5,0,points,logit\n"
    assert [(fault.row, fault.column) for fault in faults_of(write(text))] == [
        (1, "source"),
        (3, "estimate"),
        (3, "unit"),
        (3, "scale"),
        (4, "scale"),
        (4, "se"),
        (4, "unit"),
    ]


def test_an_interval_is_held_to_sd_and_n_too(write: Write) -> None:
    (fault,) = faults_of(write("study,source,estimate,lower,upper,level,sd,n\nA,x,1,0,2,0.95,8,10\n"))
    assert (fault.column, fault.found) == ("lower", "0.51 from lower and upper, but 2.53 from sd and n")


def test_decimal_commas_and_semicolons(write: Write) -> None:
    table = read_published(write("study;source;estimate;se\nA;x;0,5;0,1\n"), decimal=",")
    assert [(item.estimate, item.se) for item in table.estimates] == [(0.5, 0.1)]


def test_a_ratio_taken_for_a_plain_number_is_noticed(write: Write) -> None:
    text = "study,source,estimate,lower,upper,level,scale\nA,x,2,1,4,0.95,as given\nA,x,2,1,4,0.95,log\n"
    plain, log = read_published(write(text)).estimates
    assert log.notices == ()
    assert "row 2 is 17% of the interval's width off its middle" in str(plain.notices[0])


def test_columns_that_are_not_used_are_named(write: Write) -> None:
    (notice,) = read_published(write("study,source,estimate,se,colour\nA,x,0.5,0.1,red\n")).notices
    assert "columns that are not used: 'colour'" in str(notice)


@pytest.fixture
def mixed(write: Write) -> PublishedTable:
    text = "study,source,estimate,se,quantity,unit,scale\n"
    text += "A,x,0.5,0.1,a,SDs,as given\nB,x,0.5,0.1,a,log units,as given\nC,x,0.5,0.1,b,points,as given\n"
    return read_published(write(text))


def test_units_are_never_mixed(mixed: PublishedTable) -> None:
    assert len(mixed.of("b").estimates) == 1
    with pytest.raises(InputError, match=r"row 3, column unit: the unit of row 2.*'log units' instead of 'SDs'"):
        mixed.of("a")


def test_of_several_quantities_one_is_chosen(mixed: PublishedTable) -> None:
    with pytest.raises(InputError, match="a single quantity to pool is required; found 2; choose one of 'a', 'b'"):
        mixed.of(None)
    with pytest.raises(InputError, match="found 'c'"):
        mixed.of("c")


def test_a_quantity_of_a_table_without_any_is_to_be_left_out(write: Write) -> None:
    table = read_published(write("study,source,estimate,se\nA,x,0.5,0.1\n"))
    with pytest.raises(InputError, match="found 'foo'; leave it out: no row of the table names a quantity"):
        table.of("foo")
    table = read_published(write("study,source,estimate,se,quantity\nA,x,0.5,0.1,a\nB,x,0.5,0.1,\n"))
    with pytest.raises(InputError, match=r"found 1, and rows without one; choose one of 'a' \(`quantity`\), or"):
        table.of(None)


def test_a_path_without_a_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as absent:
        read_published(tmp_path / "nix.csv")
    told = "a table of published estimates is required; found no file that can be read; check the path"
    assert str(absent.value) == f"{tmp_path / 'nix.csv'}: {told}"
    with pytest.raises(InputError, match="found a folder; name the file in it"):
        read_published(tmp_path)
