"""`cochange check` and `cochange init` as their user meets them; nothing is sampled."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cochange.console import print_notices_of_data
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.inference.manifest import make_manifest
from cochange.inference.plan import make_plan
from cochange.inference.results import Results, use_of_cells
from cochange.inference.settings import Settings
from cochange.inference.store import save_results, save_study
from cochange.inference.verdict import Verdict

SECRETS = ("Astrid", "astrid@example.org", "811228-9874")


@pytest.fixture
def study_file(tmp_path) -> Path:
    """A copy of the example with a name, an e-mail address and a personal number for everybody."""
    shutil.copy(example_path(), tmp_path)
    lines = (example_path().parent / "exercise_trial.csv").read_text("utf-8").splitlines()
    header = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    lines[header] += ",first_name,epost,pnr"
    lines[header + 1 :] = [",".join((line, *SECRETS)) for line in lines[header + 1 :]]
    (tmp_path / "exercise_trial.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path / "study.toml"


def test_check_prints_the_study_in_numbers(command, study_file):
    code, out, err = command("check", study_file)
    assert code == 0
    for title in ("Which outcomes are given", "Markers", "Scores", "Participants", "What each model uses"):
        assert f"\n{title}" in out
    for words in (
        "IL-6, pg/mL │ baseline │       98 │    13 │     0 │       5 │    81",
        "0 to 60",
        "light: 37, moderate: 44",
    ):
        assert words in out
    assert "Extreme values" not in out
    assert "column epost: looks like e-mail addresses: it is not read and enters no output" in err
    assert not [secret for secret in SECRETS if secret in out + err]


def test_check_shows_the_limits_the_control_and_the_models_left_out(command, study_file):
    text = study_file.read_text("utf-8").replace('"single arm"', '"randomised"', 1)
    text = text.replace("[groups]", '[arms]\ncolumn = "sex"\ncontrol = "male"\n[groups]', 1)
    study_file.write_text(text.replace('categorical = ["sex"]', "", 1), "utf-8")
    _, out, _ = command("check", study_file)
    assert "Limits declared for IL-6, on the scale of the column (raw): lower_limit 0.5." in out
    assert "male: 27 (control), female: 89" in out
    given = out.partition("Outcomes given in each arm")[2].partition("What each model uses")[0]
    assert "┃ male ┃ female ┃" in given
    assert "│ all participants               │   27 │     89 │" in given
    for outcome in ("IL-6 at baseline ", "IL-6 at 12 weeks ", "IL-6 at baseline and 12 weeks ", "MADRS at baseline "):
        assert f"│ {outcome}" in given
    assert max(len(line.rstrip()) for line in given.splitlines()) < 80
    left = "Not in a run that names no models: growth and repeated_measures, for studies of more than two visits."
    assert left in " ".join(out.split())
    study_file.write_text(study_file.read_text("utf-8").replace("lower_limit = 0.5", "", 1), "utf-8")
    _, out, _ = command("check", study_file, "--model", "symptom_change")
    assert "No limit of IL-6 is declared." in out
    assert "Not in a run" not in out


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("prior_sets.mine.parallel_change.paralel = { mean = 0, sd = 1 }", "did you mean 'parallel'"),
        ("prior_sets.mine.paralel_change.parallel = { mean = 0, sd = 1 }", "did you mean 'parallel_change'"),
        ("prior_sets.mine.parallel_change.parallel = { men = 0, sd = 1 }", "Normal takes mean, sd, got men, sd"),
    ],
)
def test_check_refuses_priors_that_a_run_would_refuse(command, study_file, lines, told):
    text = study_file.read_text("utf-8")
    study_file.write_text(f"{text}\n{lines}\n", "utf-8")
    code, out, err = command("check", study_file)
    assert (code, out) == (2, "")
    assert told in err
    assert "audit.csv" not in err
    _, _, err = command("check", study_file, "--out", study_file.parent / "out")
    assert "audit.csv: not written: it is once nothing is at fault" in " ".join(err.split())
    assert not (study_file.parent / "out").exists()


def test_check_lists_ten_extreme_values_and_counts_the_rest(command, study_file):
    data = study_file.parent / "exercise_trial.csv"
    table = pd.read_csv(data, comment="#", dtype=str, keep_default_na=False)
    table["madrs_0"] = [("58", "59")[i % 2] if i < 13 else str(20 + i % 5) for i in range(len(table))]
    table.to_csv(data, index=False)
    code, out, _ = command("check", study_file)
    assert code == 0
    block = out.partition("Extreme values")[2].partition("What each model uses")[0]
    assert block.count("MADRS") == 10
    assert "3 more are not shown" in " ".join(block.split())


def test_check_writes_the_audit_that_a_run_writes(command, study_file, tmp_path):
    code, out, _ = command("check", study_file, "--out", tmp_path / "out")
    assert code == 0
    assert out.rstrip().endswith("audit.csv")
    study = read_study(study_file)
    save_results(tmp_path / "run", without_fits(study))
    assert (tmp_path / "out" / "audit.csv").read_bytes() == (tmp_path / "run" / "audit.csv").read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["audit.csv"]


def test_nobody_but_participants_is_used_by_a_model(study_file):
    data = study_file.parent / "exercise_trial.csv"
    lines = data.read_text("utf-8").splitlines()
    header = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    lines[header + 1 :] = [f"{line},in" for line in lines[header + 1 :]]
    stranger = lines[-1].removesuffix(",in").split(",", 1)[1]
    lines[header] += ",part"
    data.write_text("\n".join([*lines, f"X99,{stranger},out"]) + "\n", "utf-8")
    text = study_file.read_text("utf-8")
    study_file.write_text(text.replace("[data]", '[data]\nrows = { part = ["in"] }', 1), "utf-8")
    study = read_study(study_file)
    use = use_of_cells(study, make_plan(study).selections)
    models = [name for name in use.columns if name not in study.audit.records.columns]
    assert set(use.loc[use["participant"] == "X99", models].to_numpy().ravel()) == {"no participant of the study"}
    assert (use.loc[use["participant"] != "X99", models] != "no participant of the study").all(axis=None)


def without_fits(study) -> Results:
    selections = make_plan(study).selections
    return Results(
        study=study,
        models=(),
        not_fitted={},
        selections=selections,
        priors={},
        main_prior="",
        fits={},
        estimates=(),
        decisions=(),
        diagnostics=(),
        verdict=Verdict("report", ()),
        use=use_of_cells(study, selections),
        manifest=make_manifest(study, Settings(), {}, {}),
    )


def test_undeclared_columns_enter_no_output(study_file, tmp_path):
    study = read_study(study_file)
    save_study(tmp_path / "run", study)
    save_results(tmp_path / "run", without_fits(study))
    written = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert {"results.json", "audit.csv", "data.nc", "study.json"} <= {path.name for path in written}
    for path in written:
        assert not [secret for secret in SECRETS if secret.encode() in path.read_bytes()], path.name


def test_pseudonyms_take_the_place_of_identifiers_in_every_output(study_file, tmp_path):
    text = study_file.read_text("utf-8")
    study_file.write_text(text.replace('participant = "id"', 'participant = "id"\npseudonyms = true'), "utf-8")
    data = study_file.parent / "exercise_trial.csv"
    lines = data.read_text("utf-8").splitlines()
    data.write_text("\n".join(line.replace("P", "Secret", 1) if line[0] == "P" else line for line in lines), "utf-8")
    study = read_study(study_file)
    save_study(tmp_path / "run", study)
    save_results(tmp_path / "run", without_fits(study))
    for path in (tmp_path / "run").rglob("*"):
        assert path.is_dir() or b"Secret" not in path.read_bytes(), path.name
    assert "P116" in (tmp_path / "run" / "audit.csv").read_text("utf-8")


def test_init_writes_a_draft_that_check_refuses_until_it_is_filled(command, study_file):
    draft = study_file.parent / "draft.toml"
    code, out, err = command("init", study_file.parent / "exercise_trial.csv", "--out", draft)
    assert (code, out) == (0, f"{draft}\n")
    assert "column first_name: looks like names" in err
    assert "10 blanks are yours to fill in" in err
    code, out, err = command("check", draft)
    assert (code, out) == (2, "")
    assert err.count("found the blank 'FILL IN'") == 10
    assert "draft.toml, line 7, key study.title" in err


def test_init_replaces_a_file_only_where_told_to(command, study_file):
    before = study_file.read_text("utf-8")
    code, out, err = command("init", study_file.parent / "exercise_trial.csv")
    assert (code, out) == (2, "")
    assert "--force" in err
    assert study_file.read_text("utf-8") == before
    assert command("init", study_file.parent / "exercise_trial.csv", "--force")[0] == 0
    assert study_file.read_text("utf-8").startswith("# Draft")
    assert command("init", study_file.parent / "absent.csv", "--force")[0] == 2


STUDIES = {
    "one visit, a score alone": (
        ["phq9"],
        'design = "cross-sectional"',
        'visits = ["survey"]',
        '[symptom]\nscale = "PHQ-9"\ncolumns = ["phq9"]',
    ),
    "two markers, one in wells, no score": (
        ["a_0", "b_0", "a_12", "b_12", "crp_0", "crp_12"],
        'design = "single arm"',
        'visits = ["0", "12"]',
        '[[marker]]\nname = "IL-6"\nunit = "pg/mL"\nscale = "raw"\ncolumns = [["a_0", "b_0"], ["a_12", "b_12"]]\n'
        '[[marker]]\nname = "CRP"\nunit = "mg/L"\nscale = "raw"\ncolumns = ["crp_0", "crp_12"]\n'
        '[analysis]\nmarker = "CRP"',
    ),
}


@pytest.mark.parametrize("name", STUDIES)
def test_check_prints_any_kind_of_study(command, tmp_path, name):
    columns, design, visits, tables = STUDIES[name]
    table = {"id": [f"{i:02}" for i in range(20)]}
    table |= {column: [str(1 + (i * (3 + 2 * k)) % 17) for i in range(20)] for k, column in enumerate(columns)}
    pd.DataFrame(table).to_csv(tmp_path / "t.csv", index=False)
    head = f'[study]\ntitle = "T"\n{design}\ntreatment = "none"\n[data]\nfile = "t.csv"\nlayout = "wide"\n'
    (tmp_path / "s.toml").write_text(f'{head}participant = "id"\n{visits}\n{tables}\n', "utf-8")
    code, out, err = command("check", tmp_path / "s.toml")
    assert code == 0, err
    assert ("\nMarkers" in out, "\nScores" in out) == ("marker" in tables, "symptom" in tables)
    assert "\nParticipants" not in out


def test_check_prints_notes_beside_faults(command, study_file):
    data = study_file.parent / "exercise_trial.csv"
    text = data.read_text("utf-8").replace("\nP002,", "\np-1,").replace("\nP001,47", "\nP1,old")
    data.write_text(text, "utf-8")
    study_file.write_text(study_file.read_text("utf-8").replace("remission = 10", "remision = 10"), "utf-8")
    code, out, err = command("check", study_file)
    assert (code, out) == (2, "")
    first, second, *notes = err.splitlines()
    assert "key symptom.remision" in first
    assert "column age" in second
    told = " ".join(notes)
    assert "'P1' in 1 row (3) and 'p-1' in 1 row (4)" in told
    assert "column epost: looks like e-mail addresses" in told


def test_check_says_what_no_fit_will_use(command, study_file):
    own = "\n[analysis.prior_sets.mine]\nbase = 'diffuse'\n[missing_data]\ndelta_score = [0, 5]\n"
    text = study_file.read_text("utf-8").replace("[analysis] ", '[analysis]\nmodels = ["marker_change"] ')
    study_file.write_text(text + own, "utf-8")
    code, _, err = command("check", study_file)
    told = " ".join(err.split())
    assert code == 0
    assert "key analysis.prior_sets.mine: 'mine' is defined, but [analysis] priors names" in told
    assert "[missing_data] delta_score will not be answered: it takes repeated_measures or joint_change" in told


def test_check_and_run_say_first_what_is_primary_and_not_given(command, study_file, tmp_path, monkeypatch):
    def stop(*given: object) -> None:
        raise InputError([Fault("--out", None, None, "nothing", "the end of what is told before the fits", "stop")])

    monkeypatch.setattr("cochange.work.run_study", stop)
    stated = '[analysis]\nprimary_model = "joint_change"\nprimary_estimand = "baseline_slope" '
    study_file.write_text(study_file.read_text("utf-8").replace("[analysis] ", stated), "utf-8")
    for words in (("check", study_file), ("run", study_file, "--out", tmp_path / "run")):
        _, _, err = command(*words, "--model", "symptom_change")
        told = " ".join(err.split())
        assert "key analysis.primary_model: the primary model, 'joint_change', is not fitted: it was not asked" in told
        assert "key analysis.primary_estimand: the primary estimand, 'baseline_slope', is not estimated: none" in told
        assert "is not fitted" not in command(*words)[2]


def test_notes_on_reasons_for_leaving_belong_to_check_and_run(example_study, capsys):
    missing = example_study.spec.missing_data.model_copy(update={"reason": "why"})
    spec = example_study.spec.model_copy(update={"missing_data": missing})
    notices = (
        Notice("trial.csv", "why", "no reason"),
        Notice("trial.csv", "sex", "odd"),
        Notice("trial.csv", None, "x"),
    )
    print_notices_of_data(replace(example_study, spec=spec, notices=notices))
    told = capsys.readouterr().err
    assert "odd" in told
    assert "no reason" not in told
