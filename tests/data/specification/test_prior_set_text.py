"""A prior is written into a study file, and nothing else in it changes."""

import difflib
import tomllib

import pytest

from cochange.data.specification.prior_set_text import UnwritableError, with_prior

PRIOR = {"family": "Normal", "mean": -9.0, "sd": 3.03978, "source": 'elicited: "90%" # between -14 and -4'}
LINE = (
    'score_change = { family = "Normal", mean = -9, sd = 3.03978, source = "elicited: \\"90%\\" # between -14 and -4" }'
)
PLACE = ("panel", "joint_change", "score_change")
BEGUN = """\
# A study.
[analysis]   # how
seed = 1

# Who was in which group.
[groups]
column = "intensity"  # by hand
"""
THERE = (
    BEGUN
    + """
[analysis.prior_sets.panel]
base = "sceptical"      # by agreement

[analysis.prior_sets.panel.joint_change]
# First round.
marker_change = { mean = 0, sd = 0.3 }   # Anna
score_change = { mean = 0, sd = 5, source = "a # in it" }   # Bert

# Second round.
[analysis.prior_sets.panel.marker_change]
change = { mean = 0, sd = 0.2 }
"""
)


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines taken away and lines added, blank ones too."""
    found = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in found if line[:2] == "- "], [line[2:] for line in found if line[:2] == "+ "]


def prior_in(text: str, name: str = "panel") -> object:
    return tomllib.loads(text)["analysis"]["prior_sets"][name]["joint_change"]["score_change"]


def test_a_new_set_goes_to_the_end() -> None:
    after = with_prior(BEGUN, PLACE, "reference", PRIOR)
    assert after.startswith(BEGUN)
    assert after.removeprefix(BEGUN) == (
        '\n[analysis.prior_sets.panel]\nbase = "reference"\n\n[analysis.prior_sets.panel.joint_change]\n' + LINE + "\n"
    )
    assert prior_in(after) == PRIOR


def test_a_file_without_a_last_line_break_gets_one() -> None:
    before = BEGUN.rstrip("\n")
    assert with_prior(before, PLACE, "reference", PRIOR) == with_prior(BEGUN, PLACE, "reference", PRIOR)


def test_another_model_of_the_set_gets_a_table_of_its_own() -> None:
    after = with_prior(THERE, ("panel", "symptom_change", "intercept"), "sceptical", PRIOR)
    added = ["", "[analysis.prior_sets.panel.symptom_change]", LINE.replace("score_change", "intercept", 1)]
    assert difference(THERE, after) == ([], added)


def test_another_parameter_goes_under_the_last_of_its_table() -> None:
    after = with_prior(THERE, ("panel", "joint_change", "prognostic"), "sceptical", PRIOR)
    lines = after.splitlines()
    assert difference(THERE, after) == ([], [LINE.replace("score_change", "prognostic", 1)])
    assert lines[lines.index(LINE.replace("score_change", "prognostic", 1)) - 1].startswith("score_change")


def test_a_prior_that_is_there_is_replaced_and_its_comment_kept() -> None:
    after = with_prior(THERE, PLACE, "sceptical", PRIOR)
    (gone,), (new,) = difference(THERE, after)[0], [x for x in difference(THERE, after)[1] if x.startswith("score")]
    assert gone.startswith("score_change = { mean = 0, sd = 5")
    assert new == LINE + "   # Bert"
    assert prior_in(after) == PRIOR


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    before = "\N{ZERO WIDTH NO-BREAK SPACE}" + THERE.replace("\n", "\r\n")
    after = with_prior(before, ("panel", "joint_change", "prognostic"), "sceptical", PRIOR)
    assert after.count("\n") == after.count("\r\n") == before.count("\r\n") + 1
    assert after[0] == before[0]


def test_a_name_that_needs_quotes_gets_them() -> None:
    after = with_prior(BEGUN, ("round 2", "joint_change", "score_change"), "reference", PRIOR)
    assert '[analysis.prior_sets."round 2".joint_change]' in after
    assert prior_in(after, "round 2") == PRIOR


@pytest.mark.parametrize(
    "form",
    [
        "[analysis]\nprior_sets = { panel = { joint_change = { prognostic = { mean = 0, sd = 1 } } } }\n",
        "[analysis.prior_sets.panel]\njoint_change.score_change = { mean = 0, sd = 1 }\n",
        "[analysis.prior_sets.panel.joint_change.score_change]\nmean = 0\nsd = 1\n",
        "[analysis.prior_sets.panel.joint_change]\nscore_change.mean = 0\nscore_change.sd = 1\n",
        'note = """\n[analysis.prior_sets.panel.joint_change]\n"""\n[analysis.prior_sets.panel]\njoint_change = {}\n',
    ],
)
def test_a_form_nothing_can_be_added_to_is_refused(form: str) -> None:
    tomllib.loads(form)
    with pytest.raises(UnwritableError):
        with_prior(form, PLACE, "reference", PRIOR)
