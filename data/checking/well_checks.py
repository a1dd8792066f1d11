"""Checks of duplicate wells: sides of the limits, and wells that are copies of each other."""

from cochange.data.faults import Fault, Notice
from cochange.data.reading.places import first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.samples import BEYOND
from cochange.data.spec import StudySpec


def opposite_wells(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find samples with a well below and another above their limits: no value agrees with both."""
    faults = []
    for marker, cells, samples in zip(spec.marker, readout.of("marker"), readout.samples, strict=True):
        required = f"a sample of {marker.name} whose wells lie on one side of the limits"
        action = "ask the laboratory which well is right, and blank the other"
        both = samples.loc[samples["below"] & samples["above"], ["participant", "visit"]]
        for participant, visit in both.itertuples(index=False):
            own = (cells["participant"] == participant) & (cells["visit"] == visit)
            wells = cells[own & cells["status"].isin(BEYOND)]
            found = " and ".join(f"'{text}' in {column}" for text, column in wells[["text", "column"]].to_numpy())
            faults.append(Fault(*first_place(wells), required, found, action))
    return faults


def wells_differ(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find markers whose wells agree exactly in every sample: a column given twice, or a mean in place of the wells."""
    faults = []
    for marker, samples in zip(spec.marker, readout.samples, strict=True):
        pairs = samples[(samples["status"] == "observed") & (samples["wells"] > 1)]
        if len(pairs) > 1 and not pairs["well_squares"].any():
            column = next(columns[-1] for columns in marker.wells if len(columns) > 1)
            required = f"a reading of its own in each well of {marker.name}"
            found = f"the same reading in all wells of all {len(pairs)} samples"
            action = "check whether one column was copied to the other, or name only one of them"
            faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def wells_beyond_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count the samples of which some wells were measured and others are beyond a limit."""
    notices = []
    for marker, samples in zip(spec.marker, readout.samples, strict=True):
        mixed = samples[samples["measured"] & samples["status"].isin(BEYOND)]
        for (visit, side), own in mixed.groupby(["visit", "status"], sort=False):
            given = int(((samples["visit"] == visit) & (samples["status"] != "missing")).sum())
            message = (
                f"a well {side} its limit beside a measured one in {len(own)} of {given} samples of {marker.name} at "
                f"'{visit}': they are analysed as {side} the geometric mean of limits and readings, a bound that holds "
                "but leaves part of what was measured unused"
            )
            column = str(own["column"].iloc[0])
            notices.append(Notice(readout.file_of(column), column, message))
    return notices
