"""What a prior set of the study file began with, and which priors it replaces."""

from collections.abc import Iterator

from cochange.inference.results import Results
from cochange.models.parts.prior_sets import NAMES
from cochange.reports.labels import listed, quoted


def own_sets(results: Results) -> Iterator[str]:
    """A sentence on each set of the study file that a model was fitted under."""
    for name, own in results.study.spec.analysis.prior_sets.items():
        models = [model for model, sets in results.priors.items() if name in sets]
        replaced = [f"{listed(list(own[model]))} in {model}" for model in models if own.get(model)]
        alike = [model for model in models if not own.get(model)]
        if not models:
            continue
        said = f"The prior set {quoted(name)} of the study file begins with the {own.get('base', NAMES[0])} set"
        said += f" and replaces the priors of {'; of '.join(replaced)}" if replaced else ""
        yield f"{said}; in {listed(alike)} it replaces none." if alike else f"{said}."
