"""What all tests share: where the real public data lie, a finished run, and runs stored with given estimates."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.estimates import Estimate, decide
from cochange.inference.manifest import make_manifest
from cochange.inference.results import Results, use_of_cells
from cochange.inference.run import run_study
from cochange.inference.settings import Settings
from cochange.inference.store import save_results, save_study
from cochange.inference.verdict import Status, Verdict
from cochange.models.parts.prior_sets import PriorsLike
from cochange.models.parts.selection import Selection

ROOT = Path(__file__).resolve().parents[1]

# A commit passes or fails the whole check for what it holds, not for which examples were drawn; drawn anew elsewhere.
if os.environ.get("COCHANGE_CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of the shared real data; skips where it is absent, fails where it is required."""
    folder = Path(os.environ.get("COCHANGE_REALDATA", ROOT.parent / "shared" / "realdata"))
    if not folder.is_dir():
        reason = f"the shared real data are not at {folder}; set COCHANGE_REALDATA to their folder"
        if "realdata" in os.environ.get("COCHANGE_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def antidepressant(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Study]:
    """The antidepressant trial, with more tables in its study file and, where a root is given, a data file under it."""
    text = (ROOT / "tests" / "realdata" / "antidepressant.toml").read_text("utf-8")

    def read(tables: str, data_root: Path = realdata) -> Study:
        path = tmp_path_factory.mktemp("antidepressant") / "study.toml"
        path.write_text(text + tables, "utf-8")
        return read_study(path, data_root)

    return read


@dataclass(frozen=True)
class StoredRun:
    """A finished run of the example study.

    Attributes
    ----------
    directory : Path
        Its run directory; tests that change it work on a copy.
    results : Results
        As returned by the run.
    """

    directory: Path
    results: Results


@pytest.fixture(scope="session")
def example_study() -> Study:
    """The synthetic exercise trial that ships."""
    return read_study(example_path())


@pytest.fixture(scope="session")
def example_run(example_study: Study, tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """The main job on the example: three models, four prior sets, stored."""
    directory = tmp_path_factory.mktemp("runs") / "example"
    return StoredRun(directory, run_study(example_study, directory))


def an_estimate(**changes: Any) -> Estimate:
    """An estimate of the whole sample; what is not given is that of a mean change of -8 points."""
    row = Estimate(
        model="symptom_change", prior="reference", estimand="symptom_change", form="ancova", marker=None,
        group="overall", unit="points", question="Q1", meaning="E[y1 - y0]", null=0.0, mean=-8.0, median=-8.05, sd=2.0,
        lower=-12.1, upper=-4.2, ci_kind="eti", ci_prob=0.95, p_direction=0.9995, side="below", mcse_mean=0.03,
        r_hat=1.001, ess_bulk=4000.0, ess_tail=3000.0, prior_median=0.0, prior_sd=8.0, prior_lower=-15.0,
        prior_upper=15.0, learned=0.75, smallest_important=None, reason="", below=None, inside=None, above=None,
    )  # fmt: skip
    return replace(row, **changes)


def store_run(
    directory: Path,
    study: Study,
    rows: Sequence[Estimate],
    failed: Collection[str] = (),
    seed: int = 1,
    sets: Mapping[str, Mapping[str, PriorsLike]] | None = None,
) -> Path:
    """Store a run whose estimates are given; the fits under the prior sets named in `failed` must not be reported."""
    settled = [row.prior not in failed for row in rows]
    status: Status = "report" if all(settled) else "do not report"
    models = dict.fromkeys(row.model for row in rows)
    used = study.data["participant"].to_numpy().astype(str)
    results = Results(
        study=study,
        models=(),
        not_fitted={},
        selections={model: Selection(used[: 40 + 10 * place]) for place, model in enumerate(models)},
        priors={},
        main_prior=rows[0].prior,
        fits={},
        estimates=tuple(rows),
        decisions=tuple(decide(row, may) for row, may in zip(rows, settled, strict=True)),
        diagnostics=(),
        verdict=Verdict(status, () if status == "report" else ("the chains disagree",)),
        use=use_of_cells(study, {}),
        manifest=make_manifest(study, Settings(seed=seed), sets or {}, {}),
    )
    save_study(directory, study)
    save_results(directory, results)
    return directory


@pytest.fixture(scope="session")
def estimate_of() -> Callable[..., Estimate]:
    """An estimate with the fields given."""
    return an_estimate


@pytest.fixture(scope="session")
def stored() -> Callable[..., Path]:
    """Store a run whose estimates are given."""
    return store_run
