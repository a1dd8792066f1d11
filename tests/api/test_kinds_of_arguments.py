"""What is given from Python of another kind than it must be: told by its argument, before anything is done."""

from functools import partial

import pytest

import cochange

OUT = "/nowhere/out"
DESIGNS = cochange.Designs(participants=(60,))
QUESTION = cochange.Question(design_prior="reference")
EXAMPLE = cochange.example_path()
elicit = partial(cochange.elicit, model="symptom_change", parameter="intercept", quiet=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda study, given: cochange.fit("symptom_change", study, settings=given),
        lambda study, given: cochange.run_study(study, settings=given),
        lambda study, given: cochange.compare_priors(study, "symptom_change", settings=given),
        lambda study, given: cochange.tipping(study, "symptom_change", "symptom_change", "intercept", settings=given),
    ],
)
def test_settings_are_no_mapping(example_study, call):
    with pytest.raises(TypeError, match=r"^settings must be Settings, such as .*; got \{'draws': 100\}$"):
        call(example_study, {"draws": 100})


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("draws must be a whole number; got '100'", lambda: cochange.Settings(draws="100")),
        ("draws must be a whole number; got 100.0", lambda: cochange.Settings(draws=100.0)),
        ("draws must be a whole number; got None", lambda: cochange.Settings(draws=None)),
        ("max_draws must be a whole number; got True", lambda: cochange.Settings(max_draws=True)),
        ("n must be a whole number; got '80'", lambda: cochange.ExerciseTrial(n="80")),
        ("dropout must be a number; got '0.2'", lambda: cochange.ExerciseTrial(dropout="0.2")),
        ("participants must be a whole number; got '60'", lambda: cochange.Designs(participants=("60",))),
        ("fits must be a whole number; got '30'", lambda: cochange.calibrate("symptom_change", fits="30")),
        ("seed must be a whole number; got '3'", lambda: cochange.calibrate("symptom_change", seed="3")),
        ("fits must be a whole number; got '30'", lambda: cochange.plan(EXAMPLE, DESIGNS, QUESTION, fits="30")),
        ("mass must be a number; got '0.9'", lambda: elicit(EXAMPLE, between=(-14, -4), mass="0.9")),
        ("between must be two numbers, .*; got -4", lambda: elicit(EXAMPLE, between=-4, mass=0.9)),
        (r"between must be two numbers, .*; got \(-4,\)", lambda: elicit(EXAMPLE, between=(-4,), mass=0.9)),
        ("each bound of between must be a number; got '-4'", lambda: elicit(EXAMPLE, between=("-4", 1), mass=0.9)),
        ("values must be several numbers, .*; got 0.5", lambda: cochange.Vary("parallel_sd", 0.5)),
        ("values must be several numbers, .*; got '0.5'", lambda: cochange.Vary("parallel_sd", "0.5")),
        ("each of the values must be a number; got '0.5'", lambda: cochange.Vary("parallel_sd", ("0.5",))),
        ("median must be a number; got '1.5'", lambda: cochange.Level("1.5")),
        ("baselines must have a Level .*'IL-6' has none; got 1.5", lambda: cochange.Expected(baselines={"IL-6": 1.5})),
        ("baselines must be a mapping .*; got 1.5", lambda: cochange.Expected(baselines=1.5)),
        ("arms must be several names, .*; got 'ab'", lambda: cochange.Expected(baselines={}, arms="ab")),
    ],
)
def test_what_is_no_number_is_told(told, call):
    with pytest.raises(TypeError, match=f"^{told}$"):
        call()


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("data_root must be the path of a folder; got 3", lambda given: cochange.read_study(EXAMPLE, data_root=given)),
        ("directory must be the path of the folder of a run; got 3", cochange.load_results),
        ("data_file must be the path of a data file; got 3", cochange.draft_study_file),
        ("out must be the path of a study file; got 3", lambda given: cochange.draft_study_file("x.csv", given)),
        ("study_file must be that of a study file; got 3", lambda given: elicit(given, says="x")),
        ("directory must be the path of a folder; got 3", lambda given: cochange.calibrate("x", directory=given)),
        (
            "directory must be the path of a folder; got 3",
            lambda given: cochange.write_simulated(given, cochange.ExerciseTrial()),
        ),
        ("each of the directories must be the path of a folder; got 3", lambda given: cochange.compare([given, "x"])),
        ("directories must be several in a list, .*; got 3", cochange.compare),
    ],
)
def test_what_is_no_path_is_told(told, call):
    with pytest.raises(TypeError, match=f"^{told}$"):
        call(3)


def test_a_text_is_no_list_of_directories():
    with pytest.raises(TypeError, match=r"^directories must be several in a list, such as .*; got 'runs'$"):
        cochange.compare("runs")


@pytest.mark.parametrize("given", [None, "x"])
@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("assurance must be an Assurance, as cochange.plan", lambda given: cochange.write_plan(given, OUT)),
        ("calibration must be a Calibration, as .*", lambda given: cochange.write_calibration(given, OUT)),
        ("found must be a CrossValidation, as .*", lambda given: cochange.write_cross_validation(given, OUT)),
        ("comparison must be a SideBySide, as .*", lambda given: cochange.write_side_by_side(given, OUT)),
        ("comparison must be a Comparison, as .*", lambda given: cochange.write_comparison(given, OUT)),
        ("comparison must be a Comparison, as .*", cochange.compare_loo),
        ("comparison must be a Comparison, as .*", cochange.power_scaling),
        (
            "comparison must be a Comparison, as .*",
            lambda given: cochange.bayes_factors(given, cochange.PointNull("x", 0)),
        ),
        ("fit must be a Fit, as cochange.fit", lambda given: cochange.under_scenarios(given, None, None, [])),
        ("fit must be a Fit, as cochange.fit", lambda given: cochange.tipping_surfaces(given, None, None)),
        ("designs must be Designs, such as .*", lambda given: cochange.plan(EXAMPLE, given, QUESTION)),
        ("question must be a Question, such as .*", lambda given: cochange.plan(EXAMPLE, DESIGNS, given)),
        (
            "vary must be a Vary or a list of them, .*",
            lambda given: cochange.compare_priors(cochange.read_study(EXAMPLE), "symptom_change", vary=given),
        ),
    ],
)
def test_what_no_verb_gave_is_told(told, call, given):
    with pytest.raises(TypeError, match=f"^{told}.*; got {given!r}$"):
        call(given)


def test_a_comparison_that_is_none_is_not_begun_with(example_study):
    with pytest.raises(TypeError, match=r"^comparison must be a Comparison, as .*; got 'x'$"):
        cochange.tipping(example_study, "symptom_change", "symptom_change", "intercept", comparison="x")


@pytest.mark.parametrize("place", ["taken", "taken/in/it"])
def test_simulated_files_go_into_no_file(tmp_path, place):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(cochange.InputError, match=r"^directory: a folder, made when absent, is required; found the f"):
        cochange.write_simulated(tmp_path / place, cochange.ExerciseTrial(n=40))
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    ("verb", "words", "call", "named"),
    [
        ("init", ("data.csv",), lambda folder: cochange.draft_study_file(folder / "data.csv"), ("out", "force")),
        (
            "init",
            ("data.csv", "--out", "data.csv"),
            lambda folder: cochange.draft_study_file(folder / "data.csv", folder / "data.csv"),
            ("out",),
        ),
        (
            "simulate",
            ("--out", ".", "--participants", 40),
            lambda folder: cochange.write_simulated(folder, cochange.ExerciseTrial(n=40)),
            ("force",),
        ),
        ("pool", ("table.csv",), lambda folder: cochange.pool(folder / "table.csv"), ("decimal",)),
    ],
)
def test_a_message_names_the_argument_from_python_and_the_option_of_the_command(
    command, tmp_path, monkeypatch, verb, words, call, named
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("id,il6\n1,2.5\n2,3.5\n")
    (tmp_path / "study.toml").write_text("mine")
    (tmp_path / "table.csv").write_text("study;source;estimate;se\nA;x;0,5;0,1\n")
    with pytest.raises(cochange.InputError) as caught:
        call(tmp_path)
    code, _, err = command(verb, *words)
    assert code == 2
    for name in named:
        assert f"`{name}`" in str(caught.value)
        assert f"--{name}" in err
    assert "--" not in str(caught.value)
    assert "`" not in err
