"""Rules of the keys of a marker: limits, codes and units, one small function a rule."""

import math
from collections.abc import Iterator

from cochange.data.names import listing
from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable
from cochange.data.units import concentration, conversion_factor, grams_per_mole

_CODE_LISTS = ("measured_codes", "below_codes", "above_codes", "missing_codes")


def _limits_are_as_many_as_visits(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    visits = len(spec.data.visits)
    for key in ("lower_limit", "upper_limit"):
        numbers = marker.all_limits[key]
        if len(numbers) not in (0, 1, visits):
            required = f"one number, or one for each of the {visits} visits,"
            yield Broken(("marker", i, key), required, f"{len(numbers)} numbers", "correct the list")


def _limits_are_positive(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    if marker.scale not in ZERO_STAYS_ZERO:
        return
    for key, values in marker.all_limits.items():
        zero_allowed = key == "floors" and marker.has_lower_limits
        wrong = [value for value in values if value < 0 or (value == 0 and not zero_allowed)]
        if wrong:
            required = f"a positive number where the marker's scale is '{marker.scale}'"
            action = "give the limit on the scale of the column, or correct 'scale'"
            if key == "floors" and wrong[0] == 0:
                action = "zero has no logarithm: add the detection limit as lower_limit, at which it is censored"
            yield Broken(("marker", i, key), required, f"{wrong[0]:g}", action)


def _limits_do_not_cross(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    """The limits of one sample: those of its plate or, without any, of its visit."""
    meet = _limits_that_meet(marker)
    lows, highs = [low for low, _ in meet], [high for _, high in meet]
    # A floor may be the limit of one visit and stand over the upper limit of another.
    meet += [(floor, max(highs)) for floor in marker.floors] + [(min(lows), each) for each in marker.ceilings]
    meet += [(floor, ceiling) for floor in marker.floors for ceiling in marker.ceilings]
    if crossing := next(((low, high) for low, high in meet if low >= high), None):
        found = f"{crossing[0]:g} and {crossing[1]:g}"
        yield Broken(
            ("marker", i), "a lower limit under the upper limit of the same samples", found, "correct the limits"
        )


def _limits_that_meet(marker: MarkerTable) -> list[tuple[float, float]]:
    """Lower and upper limit of every visit and plate, infinite where there is none."""
    lower, upper = marker.lower_limit or (-math.inf,), marker.upper_limit or (math.inf,)
    visits = max(len(lower), len(upper))
    lows, highs = (limits * visits if len(limits) == 1 else limits for limits in (lower, upper))
    plates = dict.fromkeys([None, *marker.lower_limit_by_plate, *marker.upper_limit_by_plate])
    return [
        (marker.lower_limit_by_plate.get(plate or "", low), marker.upper_limit_by_plate.get(plate or "", high))
        for low, high in zip(lows, highs, strict=False)
        for plate in plates
    ]


def _columns_beside_the_readings(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    wide = spec.data.layout == "wide"
    expected = len(spec.data.visits) if wide else 1
    each = "one column a visit, in the order of 'visits'" if wide else "long layout"
    values = {column for wells in marker.wells for column in wells}
    beside = {
        "codes": marker.code_wells,
        "lower_limit_columns": tuple((column,) for column in marker.lower_limit_columns),
        "upper_limit_columns": tuple((column,) for column in marker.upper_limit_columns),
    }
    for key, groups in beside.items():
        if len(groups) not in (0, expected):
            required = f"a list of {expected} column{'s' if expected > 1 else ''} ({each})"
            action = "list the columns again"
            if key != "codes" and len(groups) < expected:
                action = "name one column for each visit; the same may be named for several"
                if len(groups) == 1:
                    action += f", as in {key} = [{', '.join(f'"{column}"' for column in groups[0] * expected)}]"
            yield Broken(("marker", i, key), required, f"{len(groups)}", action)
        elif any(len(own) not in (1, len(wells)) for own, wells in zip(groups, marker.wells, strict=False)):
            required = "a column for all wells of a sample, or one for each of them,"
            yield Broken(("marker", i, key), required, "another number", "list the columns again")
        taken = sorted({column for group in groups for column in group} & values)
        if taken:
            required = "a column other than that of the readings"
            yield Broken(("marker", i, key), required, listing(taken), "name the column beside it")


def _codes_have_a_meaning(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    lists = {key: getattr(marker, key) for key in _CODE_LISTS}
    written = [code for codes in lists.values() for code in codes]
    if marker.codes and not written:
        action = f"say what each code means in {', '.join(_CODE_LISTS)}"
        yield Broken(("marker", i, "codes"), "the meaning of the codes", "none", action)
    # Without a column of their own, codes stand in place of a reading, where a number or "measured" would be one.
    for key, codes in lists.items():
        beside = [code for code in codes if key == "measured_codes" or _is_number(code)]
        if beside and not marker.codes:
            required = f"the key 'codes' with the column in which {listing(beside)} stands"
            yield Broken(("marker", i, key), required, "nothing", "add it")
    repeated = sorted({code for code in written if written.count(code) > 1})
    if repeated:
        action = "keep each code in one list"
        yield Broken(("marker", i), "one meaning for each code", f"{listing(repeated)} twice", action)


def _is_number(code: str) -> bool:
    try:
        float(code.replace(",", "."))
    except ValueError:
        return False
    return True


def _limits_by_plate_need_plates(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    for key in ("lower_limit_by_plate", "upper_limit_by_plate"):
        if marker.all_limits[key] and spec.plates is None:
            action = "declare the column of the plates under [plates], or drop the key"
            yield Broken(("marker", i, key), "a [plates] table beside limits by plate", "none", action)


def _units_convert(spec: StudySpec, i: int, marker: MarkerTable) -> Iterator[Broken]:
    mass, to = marker.molar_mass, marker.convert_to
    if mass is not None and grams_per_mole(mass) is None:
        required = 'a molar mass above zero with its unit, such as "20.9 kDa" or "362.5 g/mol",'
        yield Broken(("marker", i, "molar_mass"), required, f"'{mass}'", "write number and unit in quotes")
        return
    start, end = concentration(marker.unit), None if to is None else concentration(to)
    between_kinds = start is not None and end is not None and start.kind != end.kind
    if mass is not None and not between_kinds:
        required = "a conversion between mass and mol beside a molar mass"
        found = "no convert_to" if to is None else f"'{marker.unit}' to '{to}'"
        yield Broken(("marker", i, "molar_mass"), required, found, "drop the key, or correct unit and convert_to")
    if to is not None and conversion_factor(marker.unit, to, mass) is None:
        required = f"a unit that '{marker.unit}' can be converted to"
        if between_kinds:
            action = 'give the molar mass of the marker with its unit, such as molar_mass = "20.9 kDa"'
        else:
            action = "units of mass or mol per volume can be converted (pg/mL, ng/dL, pmol/L), others cannot"
        yield Broken(("marker", i, "convert_to"), required, f"'{to}'", action)


MARKER_RULES = (
    _limits_are_as_many_as_visits,
    _limits_are_positive,
    _limits_do_not_cross,
    _columns_beside_the_readings,
    _codes_have_a_meaning,
    _limits_by_plate_need_plates,
    _units_convert,
)
