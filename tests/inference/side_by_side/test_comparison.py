"""What stands together, what is kept apart, what is said of it, and shifts against sums by hand."""

from dataclasses import replace

import pytest

from cochange.inference.side_by_side.comparison import compare
from cochange.inference.side_by_side.kin import data_families
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import prior_sets


def group_of(found, estimand, **wanted):
    (group,) = [
        group
        for group in found.groups
        if group.quantity.estimand == estimand
        and all(getattr(group.quantity, name) == value for name, value in wanted.items())
    ]
    return group


def flags_of(group) -> dict[str, str]:
    return dict(flag.split(": ", 1) for flag in group.flags)


def test_shifts_are_those_worked_out_by_hand(tmp_path, example_study, estimate_of, stored):
    first = [estimate_of(mean=-8.0, sd=2.0, mcse_mean=0.03), estimate_of(prior="sceptical", mean=-6.0, mcse_mean=0.04)]
    second = [estimate_of(mean=-9.0, sd=5.0, mcse_mean=0.04), estimate_of(form="change score", mean=-1.0)]
    found = compare(
        [stored(tmp_path / "a", example_study, first), stored(tmp_path / "b", example_study, second, seed=2)]
    )
    (group,) = found.groups
    told = [(row.run.label, row.estimate.prior, row.estimate.form) for row in group.rows]
    assert told == [
        ("a", "reference", "ancova"),
        ("a", "sceptical", "ancova"),
        ("b", "reference", "ancova"),
        ("b", "reference", "change score"),
    ]
    # (-6 + 8) / 2 and (-9 + 8) / 2; the root of 0.03² + 0.04² is 0.05, over 2.
    assert [row.shift for row in group.rows] == [None, 1.0, -0.5, None]
    errors = [row.shift_mcse for row in group.rows if row.shift_mcse is not None]
    assert errors == pytest.approx([0.025, 0.025], rel=1e-12)


def test_no_shift_between_different_data(tmp_path, example_study, estimate_of, stored):
    data = example_study.data.copy(deep=True)
    data["symptom"][0, 0] += 1
    other = replace(example_study, data=data, input_hash="b" * 64)
    rows = [estimate_of(), estimate_of(prior="sceptical", mean=-7.0)]
    found = compare([stored(tmp_path / "a", example_study, rows), stored(tmp_path / "b", other, rows)])
    assert [row.shift for row in found.groups[0].rows] == [None, 0.5, None, 0.5]
    assert data_families(found.runs) == (0, 1)


def test_no_shift_where_a_fit_may_not_be_reported(tmp_path, example_study, estimate_of, stored):
    rows = [estimate_of(), estimate_of(prior="sceptical"), estimate_of(prior="diffuse")]
    runs = [
        stored(tmp_path / "a", example_study, rows, failed=["sceptical"]),
        stored(tmp_path / "b", example_study, rows),
    ]
    shifts = {(row.run.label, row.estimate.prior): row.shift for row in compare(runs).groups[0].rows}
    assert shifts["a", "sceptical"] is None
    assert shifts["a", "diffuse"] == shifts["b", "sceptical"] == 0.0


@pytest.mark.parametrize(
    ("estimand", "unit", "change", "told"),
    [
        ("symptom_change", "points", {"symptom": {"scale": "HAMD-17"}}, "scale 'HAMD-17, 0 to 52 (higher is worse)'"),
        ("prognostic_slope", "points per doubling", {"symptom": {"scale": "HAMD-17"}}, "scale 'HAMD-17"),
        ("prognostic_slope", "points per doubling", {"analysis": {"marker": "CRP"}}, "marker 'CRP' in place of 'IL-6'"),
        ("change_correlation", "correlation", {"analysis": {"marker": "CRP"}}, "marker 'CRP' in place of 'IL-6'"),
        ("geometric_mean_ratio", "ratio", {"analysis": {"marker": "CRP"}}, "marker 'CRP' in place of 'IL-6'"),
        ("remission_probability", "probability", {"symptom": {"remission": 12}}, "threshold 'at or under 12' in place"),
        (
            "symptom_change",
            "points",
            {"symptom": {"scale": "Ours", "range": (0, 60), "direction": "higher is better"}},
            "scale 'Ours, 0 to 60 (higher is better)' in place of 'MADRS, 0 to 60 (higher is worse)'",
        ),
    ],
)
def test_other_quantities_of_the_same_name_are_kept_apart(
    tmp_path, example_study, study_with, estimate_of, stored, estimand, unit, change, told
):
    rows = [estimate_of(estimand=estimand, unit=unit)]
    found = compare(
        [stored(tmp_path / "a", example_study, rows), stored(tmp_path / "b", study_with("b", **change), rows)]
    )
    first, second = found.groups
    assert [row.run.label for group in found.groups for row in group.rows] == ["a", "b"]
    assert told in first.apart[0]
    assert first.apart[0].startswith(f"Kept apart from {estimand} of b: ")
    assert second.apart[0].startswith(f"Kept apart from {estimand} of a: ")


def test_another_unit_or_null_is_another_quantity(tmp_path, example_study, estimate_of, stored):
    slope = estimate_of(estimand="prognostic_slope", unit="points per doubling")
    found = compare(
        [
            stored(tmp_path / "a", example_study, [slope]),
            stored(tmp_path / "b", example_study, [replace(slope, unit="points per halving")]),
            stored(tmp_path / "c", example_study, [replace(slope, null=1.0)]),
        ]
    )
    assert [len(group.rows) for group in found.groups] == [1, 1, 1]
    assert "unit 'points per halving' in place of 'points per doubling'" in found.groups[0].apart[0]
    assert "null '1.0' in place of '0.0'" in found.groups[0].apart[1]


@pytest.mark.parametrize(
    ("estimand", "unit", "change"),
    [
        # A ratio does not depend on the scale, nor a change of the score on the marker, nor either on concentrations.
        ("geometric_mean_ratio", "ratio", {"symptom": {"scale": "HAMD-17"}}),
        ("symptom_change", "points", {"analysis": {"marker": "CRP"}}),
        ("symptom_change", "points", {"symptom": {"remission": 12}}),
    ],
)
def test_what_a_number_does_not_depend_on_does_not_part_it(
    tmp_path, example_study, study_with, estimate_of, stored, estimand, unit, change
):
    rows = [estimate_of(estimand=estimand, unit=unit)]
    found = compare(
        [stored(tmp_path / "a", example_study, rows), stored(tmp_path / "b", study_with("b", **change), rows)]
    )
    assert [len(group.rows) for group in found.groups] == [2]
    assert found.groups[0].apart == ()


def test_markers_of_one_run_are_not_called_kept_apart(tmp_path, example_study, estimate_of, stored):
    ratio = estimate_of(estimand="geometric_mean_ratio", unit="ratio", null=1.0, marker="IL-6")
    rows = [ratio, replace(ratio, marker="CRP")]
    found = compare([stored(tmp_path / name, example_study, rows) for name in ("a", "b")])
    assert [group.quantity.marker for group in found.groups] == ["IL-6", "CRP"]
    assert [group.apart for group in found.groups] == [(), ()]


def test_other_conditions_are_said(tmp_path, example_study, study_with, estimate_of, stored):
    other = study_with(
        "b",
        study={"design": "randomised", "treatment": "something else"},
        analysis={"likelihood": "student_t", "measurement": "off", "follow_up": "baseline"},
        covariates={"numeric": ()},
        inclusion={"above": 14},
    )
    asked = {"smallest_important": 3.0, "reason": "because", "below": 0.9, "inside": 0.1, "above": 0.0}
    found = compare(
        [
            stored(tmp_path / "a", example_study, [estimate_of(**asked)]),
            stored(tmp_path / "b", other, [estimate_of(ci_prob=0.9, ci_kind="hdi", meaning="another")]),
        ]
    )
    (group,) = found.groups
    assert flags_of(group) == {
        "Interval": "95% ETI in a; 90% HDI in b.",
        "Smallest important difference": "3 (because) in a; none stated in b.",
        "Design": "single arm in a; randomised in b.",
        "Treatment": "exercise three times a week for 12 weeks in a; something else in b.",
        "Visits compared": "baseline to 12 weeks in a; baseline to baseline in b.",
        "Included": "PHQ-9 above 9 in a; PHQ-9 above 14 in b.",
        "Covariates": "age, sex in a; sex in b.",
        "Residuals": "normal in a; Student-t in b.",
        "Measurement": "measurement error in a; observed scores taken as true in b.",
        "Definition in symptom_change": "E[y1 - y0] in a; another in b.",
    }
    alike = compare([tmp_path / "a", stored(tmp_path / "c", example_study, [estimate_of(**asked)])])
    assert alike.groups[0].flags == ()


def test_how_runs_are_related_is_said(tmp_path, example_study, study_with, estimate_of, stored):
    rows = [estimate_of()]
    shorter = replace(example_study, data=example_study.data.isel(participant=slice(0, 100)), input_hash="c" * 64)
    real = {"title": "Another trial", "synthetic": False}
    subset = replace(study_with("d", study=real), data=example_study.data.isel(participant=slice(0, 50)))
    runs = {
        "a": example_study,
        "again": example_study,
        "other_file": study_with("b", analysis={"ci_prob": 0.9}),
        "shorter": shorter,
        "people": study_with("e", study={**real, "title": "One more"}),
        "fewer": subset,
    }
    paths = {name: stored(tmp_path / name, study, rows) for name, study in runs.items()}

    def said(one: str, two: str) -> tuple[str, ...]:
        return compare([paths[one], paths[two]]).kinship

    assert said("a", "again") == (
        "a and again are runs of the same study file and the same data: the same evidence twice, no replication.",
    )
    assert "rest on the same data, read by different study files" in said("a", "other_file")[0]
    assert "have the same title and different data; 100 of 100 identifiers are in both" in said("a", "shorter")[0]
    assert "every identifier of the smaller is in the other: are they of the same people?" in said("people", "fewer")[0]
    assert said("shorter", "fewer") == ()
    assert compare([paths["a"], paths["shorter"]]).one_study
    assert not compare([paths["shorter"], paths["fewer"]]).one_study


def test_everything_that_differs_is_listed_and_nothing_else(tmp_path, example_study, study_with, estimate_of, stored):
    model = load_model("symptom_change")
    sets = prior_sets(model.name, model.shipped, example_study)
    rows = [estimate_of()]
    one = {model.name: {"reference": sets["reference"]}}
    changed = replace(sets["reference"], prognostic=replace(sets["reference"].prognostic, sd=7.5))
    two = {model.name: {"reference": changed, "diffuse": sets["diffuse"]}}
    other = study_with("b", analysis={"ci_prob": 0.9})
    found = compare(
        [
            stored(tmp_path / "a", example_study, rows, sets=one),
            stored(tmp_path / "b", other, rows, seed=5, sets=two),
        ]
    )
    assert {(item.kind, item.item): item.by_run for item in found.differences} == {
        ("data", "SHA-256 of study file and data together"): (example_study.input_hash[:12], "b" * 12),
        ("data", "study file as read"): ("study file 1", "study file 2"),
        ("computation", "seed"): ("1", "5"),
        ("study file", "analysis.ci_prob"): ("0.95", "0.9"),
        ("models", "prior sets of symptom_change"): ("reference", "reference, diffuse"),
        ("priors", "prognostic of symptom_change, reference"): (
            f"Normal(mean 0, sd {sets['reference'].prognostic.sd:g})",
            "Normal(mean 0, sd 7.5)",
        ),
    }
    alike = compare([tmp_path / "a", stored(tmp_path / "c", example_study, rows, sets=one)])
    assert alike.differences == ()


def test_a_prior_set_of_ones_own_is_listed_by_its_keys(tmp_path, example_study, study_with, estimate_of, stored):
    intercept = {"family": "Normal", "mean": -8.4, "sd": 1.8, "source": "a meta-analysis"}
    own = {"lit": {"base": "reference", "symptom_change": {"intercept": intercept, "sigma": {"sd": 9}}}}
    rows = [estimate_of()]
    paths = [
        stored(tmp_path / "a", example_study, rows),
        stored(tmp_path / "b", study_with("b", analysis={"prior_sets": own}), rows),
    ]
    found = {item.item: item.by_run[1] for item in compare(paths).differences if item.kind == "study file"}
    assert found == {
        "analysis.prior_sets.lit.base": "reference",
        "analysis.prior_sets.lit.symptom_change.intercept": "Normal(mean -8.4, sd 1.8); source: a meta-analysis",
        "analysis.prior_sets.lit.symptom_change.sigma": "sd 9",
    }


def test_participants_are_those_of_the_group(tmp_path, example_study, estimate_of, stored):
    path = stored(tmp_path / "a", example_study, [estimate_of(), estimate_of(group="light")])
    (run, _) = compare([path, stored(tmp_path / "b", example_study, [estimate_of()])]).runs
    # Who is left out is not stored with this run.
    assert (run.participants("symptom_change", "overall"), run.participants("symptom_change", "light")) == (40, None)
    who, groups = (example_study.data[name].to_numpy().astype(str) for name in ("participant", "group"))
    known = replace(run, left_out={"symptom_change": set(who[40:])})
    light = known.participants("symptom_change", "light")
    assert light == (groups[:40] == "light").sum() > 0
    arms = example_study.data.assign_coords(arm=("participant", groups))
    known = replace(known, study=replace(example_study, data=arms))
    assert known.participants("symptom_change", "arm light") == light
    assert known.participants("symptom_change", "vigorous versus light") == (groups[:40] != "moderate").sum()
    assert known.participants("symptom_change", "no such") is None


def test_own_model_files_are_compared(tmp_path, example_study, estimate_of, stored):
    paths = [stored(tmp_path / name, example_study, [estimate_of(model="mine")]) for name in ("a", "b")]
    for path, text in zip(paths, ("x = 1\n", "x = 2\n"), strict=True):
        (path / "model_files").mkdir()
        (path / "model_files" / "mine.py").write_text(text)
    (found,) = compare(paths).differences
    assert (found.kind, found.item) == ("models", "own model file mine")
    assert found.by_run[0] != found.by_run[1]
