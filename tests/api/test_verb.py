"""What is wrong with a command line is told together, a fault for each value."""

import pytest
import typer

import cochange
from cochange.cli import app
from cochange.data.simulate import example_path


def test_all_that_is_missing_is_told_together(command):
    code, _, err = command("elicit")
    assert code == 2
    assert err.splitlines() == [
        "STUDY.toml: the study file is required; found nothing; give it after the command's name",
        "--model: MODEL (a model's name, of those `cochange models` lists, or a model file) is required; found "
        "nothing; add --model MODEL",
        "--parameter: NAME (the parameter, of those `cochange priors` lists) is required; found nothing; add "
        "--parameter NAME",
    ]


def test_values_that_cannot_be_are_told_together_with_a_folder_that_cannot_be_made(command, tmp_path):
    (a_file := tmp_path / "study.toml").touch()
    code, _, err = command("run", a_file, "--out", a_file, "--draws", "5", "--chains", "none")
    assert code == 2
    assert [line.split(";")[0] for line in err.splitlines()] == [
        "--out: a folder, made when absent, is required",
        "--draws: a number of at least 100 is required",
        "--chains: a whole number is required",
    ]


def test_an_option_of_one_value_takes_no_second(command):
    code, _, err = command("fit", "study.toml", "--model", "marker_change", "--model", "symptom_change", "-q", "-q")
    assert code == 2
    assert err.splitlines() == ["--model: one value is required; found 2; give the one that is meant"]


def test_options_that_are_not_there_are_told_with_the_rest(command):
    code, _, err = command("run", "study.toml", "--modle", "joint_change", "--outt=x", "--draws", "5")
    assert code == 2
    assert [line.split("? Others")[0] for line in err.splitlines()] == [
        "--modle: an option of cochange run is required; found '--modle'; did you mean '--model'",
        "--outt: an option of cochange run is required; found '--outt'; did you mean '--out'",
        "--out: DIR (folder for the results, made when absent) is required; found nothing; add --out DIR",
        "--draws: a number of at least 100 is required; found '5'; give such a number",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("models symptom_change", ["symptom_change: {}; write --model symptom_change"]),
        ("run study.toml results", ["results: {}; write --out results", "--out:"]),
        ("fit study.toml a.py b", ["a.py: {}; write --model a.py", "b: {}; write --model b", "--model:"]),
        ("priors study.toml sceptical", ["sceptical: {}; write --prior sceptical"]),
        ("check a.toml b.toml", ["b.toml: {}; leave it out, or write the option it is for (`cochange check --help`"]),
    ],
)
def test_what_is_no_argument_is_told_with_the_option_it_may_belong_to(command, written, told):
    code, out, err = command(*written.split())
    assert (code, out) == (2, "")
    for line, begins in zip(err.splitlines(), told, strict=True):
        assert line.startswith(begins.format("an option before it is required; found none"))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("help", "help: a command of cochange is required; found 'help'; type `cochange --help`"),
        ("help run", "help: a command of cochange is required; found 'help'; type `cochange run --help`"),
        ("version", "version: a command of cochange is required; found 'version'; type `cochange --version`"),
        ("version run", "version: a command of cochange is required; found 'version'; type `cochange --version`"),
        ("cache help", "help: a command of cochange cache is required; found 'help'; type `cochange cache --help`"),
        ("cache shw", "shw: a command of cochange cache is required; found 'shw'; did you mean 'show'?"),
        (
            "study.toml",
            "study.toml: a command of cochange is required; found 'study.toml'; choose one of",
        ),
        ("--verison", "--verison: an option of cochange is required; found '--verison'; did you mean '--version'?"),
        ("-V", "-V: an option of cochange is required; found '-V'; choose one of '--version', '--help'"),
        (
            "--quiet run",
            "--quiet: an option of cochange is required; found '--quiet'; write it after the command",
        ),
    ],
)
def test_what_is_no_command_is_told_with_what_to_type(command, written, told):
    code, out, err = command(*written.split())
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(told)


def test_help_is_given_whatever_is_missing(command):
    code, out, _ = command("run", "--help")
    assert code == 0
    assert "STUDY.toml" in out


@pytest.mark.parametrize("group", [[], ["cache"]])
def test_no_line_of_the_list_of_commands_is_cut(command, group):
    _, out, _ = command(*group, "--help")
    assert "..." not in out.split("Commands:")[1]


def test_every_verb_tells_its_faults_so():
    verbs = typer.main.get_command(app).commands
    every = [*verbs.values(), *verbs["cache"].commands.values()]
    assert {verb.name for verb in every if type(verb).__name__ != "Verb"} == {"cache"}


QUESTION = {"design_prior": "reference", "decision": "symptom_change=important decrease"}
ELICITED = {"model": "symptom_change", "parameter": "intercept", "between": (-14, -4), "mass": 0.9}


def planned(study, **asked):
    fits = asked.pop("fits", 20)
    question = cochange.Question(**QUESTION | asked)
    cochange.plan(example_path(), cochange.Designs(participants=(60,)), question, "symptom_change", fits=fits)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda study: planned(study, fits=3), ["fits: a number of at least 20"]),
        (lambda study: planned(study, decision="symptom_chang=decrease"), ["decision: an estimand of symptom_change"]),
        (lambda study: planned(study, smallest_important=-1), ["smallest_important: a number above 0"]),
        (
            lambda study: cochange.Designs(participants=(3,), lower_limit=(-1,)),
            ["participants: a number of participants", "lower_limit: a limit of 0"],
        ),
        (
            lambda study: cochange.compare_priors(study, "symptom_change", vary=cochange.Vary("nonsense", (1,))),
            ["vary: a parameter of the main prior set"],
        ),
        (
            lambda study: cochange.tipping(study, "symptom_change", "symptom_chang", "intercep"),
            ["estimand: an estimand with a value of no change", "parameter: a parameter with a normal prior"],
        ),
        (
            lambda study: cochange.elicit(example_path(), **ELICITED | {"mass": None}, quiet=True),
            ["the statement: two bounds and a probability (`between` and `mass`), or a sentence (`says`) alone"],
        ),
        (
            lambda study: cochange.elicit(example_path(), **ELICITED, prior_set="literature", df=4, quiet=True),
            ["prior_set: a name of its own", "df: a Student-t family"],
        ),
    ],
)
def test_python_names_the_arguments_at_fault(example_study, call, told):
    with pytest.raises(cochange.InputError) as caught:
        call(example_study)
    for fault, begins in zip(caught.value.faults, told, strict=True):
        assert str(fault).startswith(begins)


PLAN = "plan STUDY --out OUT --design-prior reference --model symptom_change"
ELICIT = "elicit STUDY --model symptom_change --parameter intercept --between -14 -4"
COMPARE = "compare-priors STUDY --model symptom_change"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (f"{PLAN} --participants 60 --decision symptom_chang=decrease", ["--decision: an estimand of symptom_change"]),
        (
            f"{PLAN} --participants 60 --decision symptom_change=decrease --truth arm=1",
            ["--truth: a parameter or an estimand of symptom_change is required; found 'arm'; did you mean 'arm_diff"],
        ),
        (f"{PLAN} --participants 3 --limit -1", ["--participants: a number", "--limit: a limit of 0"]),
        (f"{COMPARE} --vary nonsense=1", ["--vary: a parameter of the main prior set"]),
        (f"{COMPARE} --null nonsense=1", ["--null: a parameter or an estimand"]),
        (
            f"{COMPARE} --tipping symptom_chang=intercep",
            ["--tipping: an estimand with a value of no change", "--tipping: a parameter with a normal prior"],
        ),
        (f"{COMPARE} --tipping symptom_change", ["--tipping: ESTIMAND=PARAMETER is required; found 'symptom_change'"]),
        (ELICIT, ["the statement: two bounds and a probability (--between and --mass), or a sentence (--says) alone"]),
        (
            ELICIT.replace("intercept", "intercep"),
            ["the statement: two bounds and a probability", "--parameter: a parameter of symptom_change"],
        ),
        (f"{ELICIT} --mass 0.9 --set literature --df 4", ["--set: a name of its own", "--df: a Student-t family"]),
    ],
)
def test_the_command_line_names_the_options_at_fault(command, tmp_path, written, told):
    places = {"STUDY": example_path(), "OUT": tmp_path / "out"}
    code, _, err = command(*(places.get(word, word) for word in written.split()))
    assert code == 2
    lines = [line for line in err.splitlines() if " is required; found " in line]
    for line, begins in zip(lines, told, strict=True):
        assert line.startswith(begins)
