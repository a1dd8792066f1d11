"""Certificates are made of models that have them."""

from pathlib import Path

import pytest

from cochange.certifying import make
from cochange.data.faults import InputError


def test_a_model_without_certificates_is_refused_before_any_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        make(tmp_path / "work", "joint_chnage, growht")
    one, two = map(str, error.value.faults)
    assert one.startswith("--models: a model that has certificates is required; found 'joint_chnage'; did you mean")
    assert "'joint_change'" in one
    assert "'growth'" in two
    assert not (tmp_path / "work").exists()
