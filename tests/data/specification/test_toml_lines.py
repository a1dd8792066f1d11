import pytest

from cochange.data.specification.toml_lines import KeyPath, key_lines, line_of

TEXT = """\
# comment
[study]
title = "x"
"design" = "y"

[[marker]]
name = "a"
[[marker]]
name = "b"   # name = "c"
columns = [
    "d = e",
]
[estimand.smallest_important.symptom_change]
value = 3
[analysis]
prior_sets.mine.base = "reference"
[marker.lower_limit_by_plate]
P1 = 0.1
[analysis.prior_sets."a/b".joint_change]
sigma = { sd = 1 }
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("study",), 2),
        (("study", "title"), 3),
        (("study", "design"), 4),
        (("marker", 0, "name"), 7),
        (("marker", 1), 8),
        (("marker", 1, "name"), 9),
        (("marker", 1, "columns", 3), 10),
        (("marker", 1, "unit"), 8),
        (("estimand", "smallest_important", "symptom_change", "value"), 14),
        (("analysis", "prior_sets", "mine", "base"), 16),
        (("marker", 1, "lower_limit_by_plate", "P1"), 18),
        (("estimand",), 13),
        (("analysis", "prior_sets", "mine"), 16),
        (("analysis", "prior_sets", "a/b"), 19),
        (("nowhere",), None),
    ],
)
def test_a_key_is_found_on_its_line_or_on_that_of_its_table(path: KeyPath, line: int | None) -> None:
    assert line_of(path, key_lines(TEXT)) == line
