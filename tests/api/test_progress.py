"""What is told of how far a command has come."""

import io

import pytest
from rich.console import Console

from cochange import progress as module
from cochange.progress import progress


def told(reporter) -> None:
    reporter.step("one")
    reporter.draws(10, 100, 0)
    reporter.finished()
    reporter.step("two, the [wide] prior")
    reporter.finished()


def test_lines_count_what_is_done(capsys):
    with progress(2, False) as reporter:
        told(reporter)
    lines = ["0 of 2 fits done; one", "1 of 2 fits done; two, the [wide] prior", "2 of 2 fits done."]
    assert capsys.readouterr().err.splitlines() == lines


def test_one_is_told_as_one(capsys):
    with progress(1, False) as reporter:
        reporter.step("one")
        reporter.finished()
    assert capsys.readouterr().err.splitlines() == ["0 of 1 fit done; one", "1 of 1 fit done."]


class Clock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


def test_of_many_fits_a_line_is_told_by_each_tenth(capsys, clock):
    with progress(400, False) as reporter:
        for number in range(400):
            reporter.step(f"compiling {number}")
            reporter.step(f"fit {number}")
            reporter.finished()
        reporter.step("summarising the draws")
    begun = [f"{done} of 400 fits done; compiling {done}" for done in range(0, 400, 40)]
    assert capsys.readouterr().err.splitlines() == [*begun, "400 of 400 fits done; summarising the draws"]


def test_what_takes_long_is_told_of_each_minute(capsys, clock):
    with progress(100, False) as reporter:
        reporter.step("one")
        for clock.now in range(0, 150, 10):
            reporter.draws(int(clock.now), 200, 0)
        reporter.finished()
        reporter.step("two")
        clock.now += 60
        reporter.step("three")
    lines = [
        "0 of 100 fits done; one",
        "0 of 100 fits done; one: 60/200 draws",
        "0 of 100 fits done; one: 120/200 draws",
    ]
    assert capsys.readouterr().err.splitlines() == [*lines, "1 of 100 fits done; three"]


def test_no_total_is_told_that_is_not_known(capsys, clock):
    with progress(None, False, "sceptical prior") as reporter:
        told(reporter)
        clock.now += 60
        reporter.step("three")
        reporter.finished()
    lines = ["sceptical priors done: 0; one", "sceptical priors done: 2; three", "sceptical priors done: 3."]
    assert capsys.readouterr().err.splitlines() == lines


def test_what_was_stopped_is_not_told_as_done(capsys):
    def stopped():
        with progress(2, False) as reporter:
            reporter.step("one")
            reporter.finished()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert capsys.readouterr().err == "0 of 2 fits done; one\n"


def test_nothing_is_told_where_it_is_hidden(capsys):
    with progress(2, True) as reporter:
        told(reporter)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("total", "counted"), [(3, "2 of 3 fits done"), (None, "fits done: 2")])
def test_a_bar_shows_the_same(monkeypatch, total, counted):
    drawn = io.StringIO()
    monkeypatch.setattr(module, "ERR", Console(file=drawn, force_terminal=True, width=120))
    with progress(total, False) as reporter:
        told(reporter)
    assert counted in drawn.getvalue()
    assert "two, the [wide] prior" in drawn.getvalue()
