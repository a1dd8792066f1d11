"""Whole files or none."""

import json

import pytest

from cochange.data.faults import InputError
from cochange.inference.files import write_json, write_whole


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "folder" / "file.txt"
    write_whole(path, lambda passing: passing.write_text("old"))

    def fail(passing):
        passing.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, fail)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("place", ["report/page.html", "report/tables/a.csv"])
def test_a_file_in_the_place_of_its_folder_is_told(tmp_path, place):
    (tmp_path / "report").write_text("mine")
    with pytest.raises(InputError, match=rf"^directory: .* found the file '{tmp_path / 'report'}'; give another path"):
        write_whole(tmp_path / place, lambda passing: passing.write_text("page"))
    assert (tmp_path / "report").read_text() == "mine"


def test_json_has_no_numbers_it_cannot_hold(tmp_path):
    path = write_json(tmp_path / "x.json", {"a": [float("nan"), float("inf"), 1.5], "b": ("é", True, None)})
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": [None, None, 1.5], "b": ["é", True, None]}
