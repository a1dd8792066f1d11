"""A report of stored fits is that of the run itself, though it reads less of them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cochange.inference import store
from cochange.inference.estimand_draws import FILE
from cochange.inference.results import Results
from cochange.reports.block import Block
from cochange.reports.document import render_blocks

TEXTS = ("text", "items", "caption", "alt")


@pytest.fixture(scope="module")
def directory(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    store.save_study(folder, results.study)
    for fit in results.fits.values():
        store.save_fit(folder, fit, "made up", "input")
    store.save_results(folder, results)
    return folder


def keys_of(blocks: Mapping[str, Block]) -> dict[str, str]:
    """What each figure is drawn from."""
    return {figure.name: figure.plan.key for block in blocks.values() for figure in block.figures}


def test_draws_of_estimands_are_read_in_place_of_posteriors(results: Results, directory: Path) -> None:
    again = store.load_results(directory, whole=False)
    assert again.draws.keys() == results.draws.keys()
    for fit, estimands in results.draws.items():
        assert list(again.draws[fit]) == list(estimands)
        assert all(again.draws[fit][name].identical(array) for name, array in estimands.items())
    for (_, prior), fit in again.fits.items():
        assert ("posterior" in fit.tree.children) == (prior == results.main_prior)
        assert "prior_predictive" in fit.tree.children
        assert "prior" not in fit.tree.children


def test_every_figure_and_text_is_that_of_the_run(results: Results, directory: Path) -> None:
    again = store.load_results(directory, whole=False)
    first, second = render_blocks(results), render_blocks(again)
    assert keys_of(second) == keys_of(first)
    assert len(keys_of(first)) > 10
    for title, block in first.items():
        assert [table.groups for table in second[title].tables] == [table.groups for table in block.tables]
        for one, other in zip(block.parts, second[title].parts, strict=True):
            assert one.kind == other.kind
            assert [getattr(one, name, "") for name in TEXTS] == [getattr(other, name, "") for name in TEXTS]


def test_altered_draws_are_derived_again(results: Results, directory: Path) -> None:
    path = directory / FILE
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        assert store.stored_rows(directory) is None
        again = store.load_results(directory, whole=False)
        assert all("posterior" in fit.tree.children for fit in again.fits.values())
        assert again.estimates == results.estimates
    finally:
        path.write_bytes(content)
