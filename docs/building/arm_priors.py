"""The table of the priors that models give a difference between arms, for the page on prior sets."""

from cochange.models.parts.contract import available, load_model
from cochange.models.parts.prior_sets import NAMES, families, notes


def arm_priors() -> str:
    """A line for each prior that several parameters share, set by set; differences at baseline are none of them."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for model in available():
        shipped = load_model(model).shipped
        for parameter, note in notes(shipped["reference"]).items():
            if parameter == "arm" or parameter.endswith("_arm"):
                values = [f"`{families(shipped[name])[parameter]}`" for name in NAMES]
                shared.setdefault((note.unit, *values), []).append(f"`{model}.{parameter}`")
    head = ["difference between arms", "unit", *NAMES]
    rows = [head, ["---"] * len(head), *([", ".join(names), *cells] for cells, names in shared.items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
