"""The flow of participants against a count of the file itself."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Annotation

from cochange.data.simulate import example_path
from cochange.inference.results import Results
from cochange.reports.flow import flow_of
from cochange.reports.plots.canvas import house_style
from cochange.reports.plots.flow import flow_plot
from cochange.reports.sections import flow as section

VALUES = {("baseline", "IL-6"): "il6_0", ("12 weeks", "IL-6"): "il6_12", ("baseline", "MADRS"): "madrs_0",
          ("12 weeks", "MADRS"): "madrs_12"}  # fmt: skip
LIMIT = 0.5


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The example's file as it lies on disk, every cell as text."""
    path = example_path().parent / "exercise_trial.csv"
    return pd.read_csv(path, dtype=str, comment="#", keep_default_na=False).replace({"NA": "", ".": ""})


@pytest.fixture(scope="module")
def randomised(fabricate, two_arms) -> Results:
    return fabricate(two_arms, ("reference",))


def beyond(cells: pd.Series) -> int:
    """Cells that say so, or lie under the limit of the study file."""
    return sum(cell.startswith(("<", ">")) or float(cell) < LIMIT for cell in cells if cell)


def test_values_given_are_those_of_the_file(results: Results, raw: pd.DataFrame) -> None:
    flow = flow_of(results)
    assert flow.participants == {"overall": len(raw)}
    assert len(flow.given) == len(VALUES)
    for item in flow.given:
        cells = raw[VALUES[item.visit, item.outcome]]
        assert item.number["overall"] == (cells != "").sum()
        assert item.beyond["overall"] == (beyond(cells) if item.outcome == "IL-6" else 0)


def test_arms_are_counted_apart(randomised: Results, raw: pd.DataFrame) -> None:
    flow = flow_of(randomised)
    arms = raw["clinic"].value_counts()
    assert flow.participants == {"overall": len(raw), **{f"arm {arm}": arms[arm] for arm in ("North", *sorted(
        set(arms.index) - {"North"}))}}  # fmt: skip
    for item in flow.given:
        given = raw[raw[VALUES[item.visit, item.outcome]] != ""]
        assert all(item.number[f"arm {arm}"] == (given["clinic"] == arm).sum() for arm in arms.index)


def test_nobody_is_lost_on_the_way(results: Results, randomised: Results) -> None:
    for found in (results, randomised):
        flow = flow_of(found)
        for use in flow.uses:
            for sample, number in flow.participants.items():
                assert use.used[sample] + sum(counts[sample] for counts in use.left_out.values()) == number
            assert use.used["overall"] == len(found.selections[use.model].used)


def test_a_model_that_was_not_fitted_uses_nobody_and_says_why(fabricate, no_marker) -> None:
    block = section.SECTION.block(fabricate(no_marker, ("reference",)))
    (rows,) = [group.rows for group in block.tables[0].groups if group.label == "marker_change (not fitted)"]
    assert rows[0] == ("used", "0")
    assert rows[1] == ("left out: needs a marker, the study declares none", "116")
    assert "marker_change was not fitted, uses 0 and leaves out 116: 116, needs a marker" in block.figures[0].alt


@pytest.mark.parametrize("which", ["results", "randomised"])
def test_the_words_of_the_figure_have_the_numbers_of_the_table(which: str, request: pytest.FixtureRequest) -> None:
    block = section.SECTION.block(request.getfixturevalue(which))
    (table,), (figure,) = block.tables, block.figures
    spoken = set(re.findall(r"\d+", figure.alt))
    by_arm = which == "randomised"
    for group in table.groups:
        # With arms the values given stand under each arm, and only there.
        cells = slice(2, None) if by_arm and group.label.startswith("With a value") else slice(1, None if by_arm else 2)
        told = [cell for row in group.rows for cell in row[cells] if cell != "0"]
        assert set(told) <= spoken, group.label
    assert list(table.frame.columns[2:]) == [column.label for column in table.columns[1:]]


@pytest.mark.parametrize("which", ["results", "randomised"])
def test_every_line_stays_inside_its_box(which: str, request: pytest.FixtureRequest) -> None:
    (figure,) = section.SECTION.block(request.getfixturevalue(which)).figures
    with house_style():
        drawing = figure.plan.draw(*figure.plan.given)
        drawing.canvas.draw()
        boxes = [patch.get_window_extent() for patch in drawing.axes[0].patches if isinstance(patch, FancyBboxPatch)]
        lines = [text for text in drawing.axes[0].texts if text.get_text()]
        for text in lines:
            own = text.get_window_extent()
            around = [box for box in boxes if box.x0 <= own.x0 and own.x1 <= box.x1 and box.y0 <= own.y0 and
                      own.y1 <= box.y1]  # fmt: skip
            assert len(around) == 1, text.get_text()
        frame = drawing.axes[0].get_window_extent()
        assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 for box in boxes)
        for line in drawing.axes[0].lines:
            corners = drawing.axes[0].transData.transform(line.get_xydata())
            for start, end in itertools.pairwise(corners):
                on = [start + share * (end - start) for share in np.linspace(0, 1, 101)]
                assert not [box for box in boxes for x, y in on if box.x0 + 2 < x < box.x1 - 2 and
                            box.y0 + 2 < y < box.y1 - 2]  # fmt: skip
        apart = [a for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.overlaps(b)]
        assert not apart


def test_arrows_end_at_boxes(randomised: Results) -> None:
    """Also where one that leaves nobody out is much shorter than the one beside it, which counts the arms."""
    flow = flow_of(randomised)
    figure = flow_plot(replace(flow, uses=tuple(replace(use, left_out={}) for use in flow.uses)), randomised)
    with house_style():
        (axis,) = figure.plan.draw(*figure.plan.given).axes
        boxes = [patch.get_path().get_extents() for patch in axis.patches if isinstance(patch, FancyBboxPatch)]
        ends = [text.xy for text in axis.texts if isinstance(text, Annotation)]
        assert len(ends) == len(flow.arms) + 2 * len(flow.uses)
        for x, y in ends:
            assert [box for box in boxes if box.x0 - 1e-6 <= x <= box.x1 and box.y0 <= y <= box.y1 + 1e-6]


def test_followed_participants_are_named(results: Results) -> None:
    followed, left = (part.text for part in section.SECTION.block(results).parts[-2:])
    assert followed == (
        "Participants with a value at the visits analysed: IL-6: 111 at baseline, 85 at 12 weeks; MADRS: 116 at "
        "baseline, 90 at 12 weeks."
    )
    assert left == (
        "26 of the 116 participants in the data file left: no value of IL-6 or MADRS at 12 weeks. The study file names "
        "no column of reasons."
    )
