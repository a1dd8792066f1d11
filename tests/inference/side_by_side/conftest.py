"""Studies that differ from the example in one thing, and runs of them with given estimates."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cochange.data.study import Study


@pytest.fixture(scope="session")
def study_with(example_study: Study) -> Callable[..., Study]:
    """The example with other values of some tables of its study file, and another hash."""

    def changed(hash_of: str, **tables: dict[str, Any]) -> Study:
        spec = example_study.spec
        updated = {name: getattr(spec, name).model_copy(update=values) for name, values in tables.items()}
        return replace(example_study, spec=spec.model_copy(update=updated), input_hash=hash_of * 64)

    return changed
