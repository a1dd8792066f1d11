"""The study file without what needs columns that are not there, so that the faults of the others can be told too."""

from collections.abc import Collection

from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable, SymptomTable


def readable_part(spec: StudySpec, absent: Collection[str]) -> StudySpec:
    """Leave out the variables of which no cell can be read.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    absent : collection of str
        Declared columns that no file has.
    """
    markers = tuple(
        marker for marker in spec.marker if not _beside(marker, spec) & {*absent} and not _columns(marker) <= {*absent}
    )
    scores = set() if spec.symptom is None else _scores(spec.symptom)
    return _of_people(spec, absent, markers, scored=bool(scores - {*absent}))


def complete_part(spec: StudySpec, absent: Collection[str]) -> StudySpec:
    """Leave out the variables that have a column among the absent ones, see `readable_part`."""
    markers = tuple(marker for marker in spec.marker if not (_beside(marker, spec) | _columns(marker)) & {*absent})
    scores = set() if spec.symptom is None else _scores(spec.symptom)
    return _of_people(spec, absent, markers, scored=not scores & {*absent})


def _of_people(spec: StudySpec, absent: Collection[str], markers: tuple[MarkerTable, ...], scored: bool) -> StudySpec:
    """Also without the tables whose own columns are absent."""
    tables = {"arms": spec.arms, "groups": spec.groups, "sites": spec.sites, "inclusion": spec.inclusion}
    gone: dict[str, object] = {
        name: None for name, table in tables.items() if table is not None and table.column in absent
    }
    gone |= {
        name: None
        for name, several in {"plates": spec.plates, "dates": spec.dates}.items()
        if several is not None and not {*absent}.isdisjoint(several.columns)
    }
    covariates = {
        kind: tuple(name for name in names if name not in absent)
        for kind, names in (("numeric", spec.covariates.numeric), ("categorical", spec.covariates.categorical))
    }
    left = {"reason": spec.missing_data.reason, "event_visit": spec.missing_data.event_visit}
    missing = {key: None for key, column in left.items() if column in absent}
    return spec.model_copy(
        update={
            **gone,
            "marker": markers,
            "symptom": spec.symptom if scored else None,
            "covariates": spec.covariates.model_copy(update=covariates),
            "missing_data": spec.missing_data.model_copy(update=missing),
        }
    )


def has_limits_by_plate(marker: MarkerTable) -> bool:
    """Whether a reading of the marker is not understood without its plate."""
    return bool(marker.lower_limit_by_plate or marker.upper_limit_by_plate)


def _columns(marker: MarkerTable) -> set[str]:
    return {column for wells in marker.wells for column in wells}


def _beside(marker: MarkerTable, spec: StudySpec) -> set[str]:
    """Columns without which a reading of the marker is not understood."""
    codes = {column for wells in marker.code_wells for column in wells}
    plates = spec.plates.columns if has_limits_by_plate(marker) and spec.plates is not None else ()
    return {*codes, *marker.lower_limit_columns, *marker.upper_limit_columns, *plates}


def _scores(symptom: SymptomTable) -> set[str]:
    apart = [symptom.baseline_column] if symptom.baseline_column is not None else []
    return {*apart, *(column for part in symptom.parts for column in part)}
