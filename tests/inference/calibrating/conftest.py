"""Models of one's own that compile in seconds: one whose likelihood is right, one whose likelihood is not."""

from pathlib import Path

import pytest

# What is appended to the model of docs/examples: outcomes drawn by another formula than that of the graph.
WRONG = '''

def observed_data(study):
    pair = symptom_pair(study, select(study).used)
    change = pair[study.follow_up] - pair[study.baseline]
    return xr.Dataset({"change": ("participant", change)})


def replicate(draws, study, rng):
    """Twice the spread that the graph assumes."""
    n = len(select(study).used)
    noise = xr.DataArray(rng.normal(size=n), dims="participant")
    return xr.Dataset({"change": draws["mean_change"] + 2 * draws["sd"] * noise})


def with_outcomes(outcomes, study):
    return {"change_of_score": outcomes["change"].to_numpy()}
'''


@pytest.fixture(scope="session")
def model_of_falls(own_model: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example with an outcome that is 0 or 1, kept as floats: whether the score fell."""
    text = Path(own_model).read_text("utf-8")
    for old, new in (
        ("pair[study.follow_up] - pair[study.baseline], dims", "fell.astype(float), dims"),
        ("    with pm.Model(", "    fell = pair[study.follow_up] < pair[study.baseline]\n    with pm.Model("),
        ('pm.Normal("change", mean, sd, observed', 'pm.Bernoulli("change", logit_p=mean / sd, observed'),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("models") / "model_of_falls.py"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.fixture(scope="session")
def wrong_model(own_model: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("models") / "wrong_model.py"
    path.write_text(Path(own_model).read_text("utf-8") + WRONG, "utf-8")
    return str(path)
