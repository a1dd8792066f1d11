"""Bayesian models of how a log-scaled biomarker and a symptom score change together.

The names below are handed on when first used, so that importing the package, and the command's help, cost little.
"""

import importlib
import importlib.metadata

__version__ = importlib.metadata.version("cochange")

# The module of each name, and the name it has there where that is another.
_HOMES = {
    "CochangeError": "cochange.data.faults",
    "InputError": "cochange.data.faults",
    "ContractError": "cochange.models.parts.contract",
    "NothingToFitError": "cochange.inference.plan",
    "read_study": "cochange.data.read",
    "draft_study_file": "cochange.data.draft",
    "write_simulated": "cochange.data.simulate",
    "ExerciseTrial": "cochange.data.simulate",
    "example_path": "cochange.data.simulate",
    "fit": "cochange.fitting",
    "priors": "cochange.prior_tables",
    "elicit": "cochange.eliciting",
    "compare": "cochange.inference.side_by_side.comparison",
    "write_side_by_side": "cochange.reports.side_by_side.document",
    "compare_priors": "cochange.inference.comparing.comparison",
    "write_comparison": "cochange.reports.prior_comparison",
    "tipping": "cochange.inference.comparing.tipping",
    "compare_loo": "cochange.inference.comparing.foretelling",
    "bayes_factors": "cochange.inference.comparing.point_null",
    "PointNull": "cochange.inference.comparing.point_null",
    "power_scaling": "cochange.inference.comparing.power_scaling",
    "Vary": "cochange.inference.comparing.grid",
    "calibrate": "cochange.inference.calibrating.calibrate",
    "write_calibration": "cochange.reports.calibration",
    "cross_validate": "cochange.inference.folding.cross_validate",
    "write_cross_validation": "cochange.reports.cross_validation",
    "Scenario": "cochange.inference.missing.strategies",
    "Rule": "cochange.inference.missing.strategies",
    "under_scenarios": "cochange.inference.missing.analysis",
    "tipping_surfaces": "cochange.inference.missing.surface",
    "plan": "cochange.inference.planning.assure",
    "Question": "cochange.inference.planning.assure",
    "Designs": "cochange.inference.planning.designs",
    "Expected": "cochange.data.simulation.skeleton",
    "Level": "cochange.data.simulation.skeleton",
    "write_plan": "cochange.reports.planning",
    "run_study": "cochange.running",
    "load_results": "cochange.inference.store",
    "Settings": "cochange.inference.settings",
    "pool": "cochange.inference.pooling.pool",
    "read_published": "cochange.data.published_table",
    "load_model": "cochange.inference.named:named_model",
    "write_report": "cochange.reports.document",
}
__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, _, name_there = _HOMES[name].partition(":")
    return getattr(importlib.import_module(home), name_there or name)


def __dir__() -> list[str]:
    return __all__
