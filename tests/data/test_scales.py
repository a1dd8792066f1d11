import pytest

from cochange.data.scales import KNOWN_SCALES, Scale


def test_the_known_scales_are_those_documented() -> None:
    assert set(KNOWN_SCALES) == {"MADRS", "MADRS-S", "PHQ-9", "HAMD-17", "BDI-II", "HADS-D", "CES-D"}


@pytest.mark.parametrize(
    ("name", "upper", "remission"),
    [("MADRS", 60, None), ("MADRS-S", 54, None), ("PHQ-9", 27, 4), ("HAMD-17", 52, 7), ("BDI-II", 63, None)],
)
def test_ranges_and_remission_cuts(name: str, upper: float, remission: float | None) -> None:
    scale = KNOWN_SCALES[name]
    assert (scale.lower, scale.upper, scale.remission, scale.response) == (0, upper, remission, 0.5)


@pytest.mark.parametrize("scale", [s for s in KNOWN_SCALES.values() if s.bands], ids=lambda s: s.name)
def test_bands_cover_the_scale_without_gap_or_overlap(scale: Scale) -> None:
    assert scale.bands[0][0] == scale.lower
    assert scale.bands[-1][1] == scale.upper
    for (_, end, _), (start, _, _) in zip(scale.bands, scale.bands[1:], strict=False):
        assert start == end + 1
