import pytest

from cochange.data.faults import CochangeError, Fault, InputError, Notice, summarise


def fault(row: int | None = 14, column: str | None = "madrs_0", file: str = "trial.csv") -> Fault:
    return Fault(file, row, column, "a MADRS total from 0 to 60", "'75'", "correct the value")


@pytest.mark.parametrize(
    ("given", "start"),
    [
        (fault(), "trial.csv, row 14, column madrs_0: "),
        (fault(row=None), "trial.csv, column madrs_0: "),
        (fault(row=None, column=None), "trial.csv: "),
        (fault(file="study.toml"), "study.toml, line 14, key madrs_0: "),
    ],
)
def test_a_fault_reads_as_place_requirement_finding_action(given: Fault, start: str) -> None:
    assert str(given) == f"{start}a MADRS total from 0 to 60 is required; found '75'; correct the value"


def test_an_input_error_says_all_its_faults_one_a_line() -> None:
    error = InputError([fault(1), fault(2)])
    assert isinstance(error, CochangeError)
    assert str(error).splitlines() == [str(fault(1)), str(fault(2))]


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (25, 25), (26, 11), (1000, 11)])
def test_long_runs_of_one_kind_are_cut_to_ten_and_a_count(count: int, shown: int) -> None:
    short = summarise([fault(row) for row in range(count)])
    assert len(short) == shown
    assert short[0].row == 0
    if count > 25:
        assert short[-1].found == f"{count} cases in all, of which the first 10 stand above"
        assert short[-1].row is None


def test_kinds_are_counted_apart() -> None:
    mixed = [fault(row, column) for row in range(20) for column in ("madrs_0", "madrs_12")]
    assert len(summarise(mixed)) == 40


def test_a_notice_names_its_column_or_key() -> None:
    assert str(Notice("trial.csv", "il6_0", "look")) == "trial.csv, column il6_0: look"
    assert str(Notice("study.toml", "sites", "look")) == "study.toml, key sites: look"
    assert str(Notice("trial.csv", None, "look")) == "trial.csv: look"


def test_faults_of_a_file_stand_by_row_after_those_of_the_whole_file() -> None:
    found = [fault(20), fault(10, "madrs_12"), fault(10), fault(3, file="lab.csv"), fault(12), fault(None, None)]
    places = [(each.file, each.row, each.column) for each in summarise(found)]
    rows = [(None, None), (10, "madrs_12"), (10, "madrs_0"), (12, "madrs_0"), (20, "madrs_0")]
    assert places == [*(("trial.csv", *place) for place in rows), ("lab.csv", 3, "madrs_0")]
