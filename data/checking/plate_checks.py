"""Plates: whether their names are known, and whether their shift can be told from a change between the visits."""

import pandas as pd

from cochange.data.faults import Fault, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec

FEWEST_SHARED = 0.5


def plates_with_limits(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find limits declared for a plate that holds no sample."""
    if spec.plates is None:
        return []
    (cells,) = readout.of("plate")
    known = sorted(set(cells.loc[cells["status"] == "observed", "value"]))
    faults = []
    for marker in spec.marker:
        for plate in dict.fromkeys([*marker.lower_limit_by_plate, *marker.upper_limit_by_plate]):
            if plate not in known:
                required = f"a sample on each plate with a limit of {marker.name}"
                there = listing(known) or "no plate"
                action = advice(plate, known, f"the file has {there}: correct the name, or drop the limit")
                found = f"none on '{plate}'"
                column = spec.plates.columns[0]
                faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def confounded_plates(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say when no plate, or few, have samples of both the baseline and the follow-up visit.

    Parameters
    ----------
    readout : Readout
        The cells.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Notice
        One at most: a caution where no plate has samples of both visits, a mere notice where fewer than half of the
        samples are on a plate that has. Samples on an unknown plate do not count.
    """
    visits = (spec.baseline, spec.follow_up)
    if spec.plates is None or not spec.marker or visits[0] == visits[1]:
        return []
    placed = _placed_samples(readout, visits)
    shared = placed.groupby("plate")["visit"].nunique().eq(2)
    on_shared = int(shared.reindex(placed["plate"]).sum())
    if placed.empty or on_shared >= FEWEST_SHARED * len(placed):
        return []
    if shared.any():
        message = (
            f"{on_shared} of {len(placed)} samples ({on_shared / len(placed):.0%}) are on a plate with samples of both "
            f"visits ({shared.sum()} of {len(shared)} plates): only through these are the shifts of the other plates "
            "told from a change between the visits"
        )
    else:
        message = (
            f"no plate has samples of both visits ({' and '.join(_on_plates(placed, visit) for visit in visits)}): the "
            "shift of a plate cannot be told from a change between the visits, which rests on the laboratory's "
            "calibration alone"
        )
    return [Notice(readout.file_of(spec.plates.columns[0]), spec.plates.columns[0], message, caution=not shared.any())]


def _placed_samples(readout: Readout, visits: tuple[str, str]) -> pd.DataFrame:
    """Samples of both visits, of whatever marker, with their known plate."""
    samples = pd.concat(readout.samples)
    given = samples.loc[samples["status"] != "missing", ["participant", "visit"]].drop_duplicates()
    (plates,) = readout.of("plate")
    known = plates.loc[plates["status"] == "observed", ["participant", "visit", "value"]]
    placed = given[given["visit"].isin(visits)].merge(known, on=["participant", "visit"])
    return placed.rename(columns={"value": "plate"})


def _on_plates(placed: pd.DataFrame, visit: str) -> str:
    plates = placed.loc[placed["visit"] == visit, "plate"]
    names = set(plates)
    return f"{len(plates)} at '{visit}' on {len(names)} plate{'' if len(names) == 1 else 's'}"
