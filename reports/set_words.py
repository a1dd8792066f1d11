"""What each shipped prior set holds, and of which parameters the diffuse set keeps the priors of the reference set."""

from cochange.inference.results import Results
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import families
from cochange.reports.entering import absent_from
from cochange.reports.labels import listed

REFERENCE, DIFFUSE = "reference", "diffuse"
_CHARACTER = {
    REFERENCE: "weakly informative",
    "sceptical": "small changes likely",
    "literature": "published values",
    DIFFUSE: "next to no information",
}
_HELD = {
    REFERENCE: "is weakly informative",
    "sceptical": "holds small changes likely",
    "literature": "takes published values",
    DIFFUSE: "says next to nothing",
}


def character(name: str, results: Results, model: str = "", own: str = "") -> str:
    """What a set is, in brackets after its name, in one model or in all of a run; `own` of one that does not ship."""
    if name not in _CHARACTER:
        return own
    kept = kept_by_diffuse(results, model) if name == DIFFUSE else ""
    return f"{_CHARACTER[name]}, but the priors of {REFERENCE} for {kept}" if kept else _CHARACTER[name]


def held(name: str, results: Results) -> str:
    """What a shipped set holds, as a sentence without its capital letter and full stop."""
    kept = kept_by_diffuse(results) if name == DIFFUSE else ""
    return f"the {name} set {_HELD[name]}" + (f", but keeps the priors of {REFERENCE} for {kept}" if kept else "")


def kept_by_diffuse(results: Results, of: str = "") -> str:
    """The parameters whose priors of the reference set the diffuse set keeps, in one model or each; empty if none."""
    among = [model for model in results.models if of in ("", model.name)]
    by_parameters: dict[tuple[str, ...], list[str]] = {}
    for model in among:
        if DIFFUSE in results.priors[model.name] and (kept := _kept(model, results)):
            by_parameters.setdefault(kept, []).append(model.name)
    several = len(among) > 1
    return ", and ".join(
        f"{listed(parameters)}{f' of {listed(models)}' if several else ''}"
        for parameters, models in by_parameters.items()
    )


def _kept(model: Model, results: Results) -> tuple[str, ...]:
    """Those of the parameters that enter for the study."""
    if not {REFERENCE, DIFFUSE} <= model.shipped.keys():
        return ()
    reference = families(model.shipped[REFERENCE])
    kept = [name for name, prior in families(model.shipped[DIFFUSE]).items() if _same(prior, reference[name])]
    absent = absent_from(model, results) if kept else {}
    return tuple(name for name in kept if name not in absent)


def _same(one: Family, other: Family) -> bool:
    """Whether two priors are one distribution, whatever their sources."""
    return type(one) is type(other) and one.values() == other.values()
