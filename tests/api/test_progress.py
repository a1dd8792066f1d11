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


def test_no_total_is_told_that_is_not_known(capsys):
    with progress(None, False, "sceptical priors") as reporter:
        told(reporter)
        reporter.step("three")
    lines = ["sceptical priors done: 0; one", "sceptical priors done: 1; two, the [wide] prior"]
    assert capsys.readouterr().err.splitlines() == [*lines, "sceptical priors done: 2; three"]


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
