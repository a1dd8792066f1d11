"""Seeds and bounds of the sampler's settings."""

import pytest

from cochange.inference.settings import Settings


def test_each_piece_of_work_has_a_seed_of_its_own():
    settings = Settings(seed=1)
    seeds = {settings.seed_of(*names) for names in (("a", "b"), ("b", "a"), ("a",), ("a", "c"), ("b", "b"))}
    assert len(seeds) == 5
    assert settings.seed_of("a", "b") == Settings(seed=1, draws=500).seed_of("a", "b")
    assert settings.seed_of("a", "b") != Settings(seed=2).seed_of("a", "b")


@pytest.mark.parametrize(("name", "value"), [("draws", 10), ("tune", 0), ("chains", 1), ("seed", -1), ("cores", 0)])
def test_settings_that_cannot_work_are_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be at least \d+, got {value}"):
        Settings(**{name: value})
