"""How a run is to be had again: what the section promises, and the seed of every fit."""

from cochange.inference.results import Results
from cochange.reports.sections import reproducibility


def test_the_run_that_compiles_draws_what_every_later_one_does(results: Results) -> None:
    said = " ".join(getattr(part, "text", "") for part in reproducibility.SECTION.block(results).parts)
    assert "the same draws bit for bit, those of the run that compiles a model too" in said
    assert "first run" not in said
