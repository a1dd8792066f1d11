"""What names of columns are taken to say."""

import pytest

from cochange.data.inspection.column_names import outcome_name, role_of, visit_of

OUTCOMES = {
    "il6_0": ("IL-6", 0),
    "il6_12": ("IL-6", 12),
    "IL-6": ("IL-6", None),
    "il_6_w12": ("IL-6", 12),
    "IL6Week12": ("IL-6", 12),
    "il10": ("IL-10", None),
    "IL-27": ("IL-27", None),
    "IL-17A": ("IL-17A", None),
    "IL-12/P70": ("IL-12 p70", None),
    "il612": ("IL-6", 12),
    "il10_0": ("IL-10", 0),
    "il6w12": ("IL-6", 12),
    "interleukin 8 pre": ("IL-8", 0),
    "hsCRP_bl": ("CRP", 0),
    "IL6_pgml-1": ("IL-6", None),
    "crp_post": ("CRP", 1000),
    "TNF-alpha (pg/ml) V2": ("TNF-alpha", 2),
    "il1b_fu2": ("IL-1beta", 1002),
    "ln_il6_0": ("IL-6", 0),
    "madrs0": ("MADRS", 0),
    "MADRS_total_12": ("MADRS", 12),
    "baseline_madrs": ("MADRS", 0),
    "week_12_MADRS": ("MADRS", 12),
    "madrs_s_0": ("MADRS-S", 0),
    "phq9": ("PHQ-9", None),
    "PHQ-9": ("PHQ-9", None),
    "phq9_t1": ("PHQ-9", 1),
    "phq9_screening": ("PHQ-9", -1),
    "ham_d_17_0": ("HAMD-17", 0),
    "HAMD12": ("HAMD-17", 12),
    "bdi_2": ("BDI-II", 2),
    "bdi2": ("BDI-II", None),
    "cesd_follow_up": ("CES-D", 1000),
    "hads_d_12": ("HADS-D", 12),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome_and_visit(name: str) -> None:
    found = outcome_name(name)
    assert found is not None
    assert (found.outcome, found.visit and found.visit.rank) == OUTCOMES[name]
    assert found.logged == name.startswith("ln_")


def test_wells() -> None:
    found = [outcome_name(name) for name in ("il6_0_a", "il6_0_b", "il6_a", "il6_rep2")]
    assert [(item.outcome, item.visit and item.visit.rank, item.well) for item in found if item] == [
        ("IL-6", 0, "a"),
        ("IL-6", 0, "b"),
        ("IL-6", None, "a"),
        ("IL-6", None, "rep2"),
    ]


@pytest.mark.parametrize(
    "name", ["id", "age", "il", "post", "0", "", "hads_0", "madrs_item_3", "week", "illness", "x_12"]
)
def test_other_names_are_no_outcomes(name: str) -> None:
    assert outcome_name(name) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("arm", "arm"),
        ("Treatment group", "arm"),
        ("behandling", "arm"),
        ("intensity", "group"),
        ("clinic", "site"),
        ("site_id", "site"),
        ("Zentrum", "site"),
        ("Ålder", "numeric"),
        ("age_years", "numeric"),
        ("kön", "categorical"),
        ("Geschlecht", "categorical"),
        ("plate", "plate"),
        ("weight", None),
        ("id", None),
    ],
)
def test_roles(name: str, role: str | None) -> None:
    assert role_of(name) == role


@pytest.mark.parametrize(
    ("words", "rank"), [("week_12", 12), ("12w", 12), ("pre", 0), ("follow_up", 1000), ("madrs", None), ("", None)]
)
def test_visits(words: str, rank: float | None) -> None:
    visit = visit_of(words)
    assert (visit and visit.rank) == rank
