"""The names handed on by `import cochange`."""

from dataclasses import replace

import pytest

import cochange


@pytest.mark.parametrize("name", [name for name in cochange.__all__ if name != "__version__"])
def test_every_name_is_there_and_documented(name):
    assert getattr(cochange, name).__doc__
    assert name in dir(cochange)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'fitt'"):
        cochange.fitt  # noqa: B018


def test_fit_refuses_what_the_study_does_not_allow(example_study):
    from cochange.inference.plan import NothingToFitError

    one_visit = example_study.spec.analysis.model_copy(update={"follow_up": "baseline"})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": one_visit}))
    with pytest.raises(NothingToFitError, match="marker_change: needs two visits"):
        cochange.fit("marker_change", study)


def test_a_model_there_is_none_of_is_told_alike_to_load_and_to_fit(example_study):
    told = set()
    for call in (cochange.load_model, lambda model: cochange.fit(model, example_study)):
        with pytest.raises(cochange.InputError) as caught:
            call("symptom_chnage")
        told.add(str(caught.value))
    (message,) = told
    assert message.startswith("model: the name of a model that ships, or the path of a .py file, is required; found ")
    assert "did you mean 'symptom_change'?" in message
    assert cochange.load_model("symptom_change").name == "symptom_change"


@pytest.mark.parametrize(
    "call",
    [
        lambda path: cochange.run_study(path),
        lambda path: cochange.fit("symptom_change", path),
        lambda path: cochange.priors(path),
        lambda path: cochange.compare_priors(path, "symptom_change"),
        lambda path: cochange.cross_validate("symptom_change", path),
        lambda path: cochange.calibrate("symptom_change", study=path),
        lambda path: cochange.tipping(path, "symptom_change", "symptom_change", "intercept"),
    ],
)
def test_a_study_has_to_be_read_first(call):
    with pytest.raises(TypeError, match=r"as cochange\.read_study\(PATH\) gives; got 'study\.toml'"):
        call("study.toml")


@pytest.mark.parametrize("given", [None, 3])
def test_what_is_no_path_is_told_to_be_none(given):
    with pytest.raises(TypeError, match=f"path must be that of a study file; got {given}"):
        cochange.read_study(given)


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("model must be the text of a model's name .*; got 3", lambda study: cochange.fit(3, study)),
        ("model must be the text of a model's name .*; got 3", lambda study: cochange.compare_priors(study, 3)),
        ("directory must be the path of a folder; got 5", lambda study: cochange.run_study(study, 5)),
        ("models must be a name or a list of names; got 5", lambda study: cochange.run_study(study, models=5)),
        ("priors must be a name .*; got 5", lambda study: cochange.compare_priors(study, "symptom_change", 5)),
        ("published estimates must be a .*; got 3", lambda _: cochange.pool(3)),
        ("participants must be several numbers, .*; got 60", lambda _: cochange.Designs(participants=60)),
        (
            "study_file must be that of a study file; got Study",
            lambda study: cochange.plan(
                study, cochange.Designs(participants=(60,)), cochange.Question(design_prior="reference")
            ),
        ),
    ],
)
def test_what_is_of_another_kind_is_told_by_its_argument(example_study, told, call):
    with pytest.raises(TypeError, match=told):
        call(example_study)


@pytest.mark.parametrize(
    "call",
    [
        lambda study, path: cochange.run_study(study, path),
        lambda study, path: cochange.plan(
            cochange.example_path(),
            cochange.Designs(participants=(60,)),
            cochange.Question(design_prior="reference", decision="symptom_change=decrease"),
            directory=path,
        ),
    ],
)
@pytest.mark.parametrize("place", ["study.toml", "study.toml/in/it"])
def test_a_file_in_the_place_of_a_folder_is_told_before_anything_is_done(example_study, tmp_path, call, place):
    (tmp_path / "study.toml").write_text("mine")
    with pytest.raises(cochange.InputError) as caught:
        call(example_study, str(tmp_path / place))
    assert str(caught.value) == (
        f"directory: a folder, made when absent, is required; found the file '{tmp_path / 'study.toml'}'; give another "
        "path, or move the file"
    )


def test_a_report_takes_results_and_nothing_else(tmp_path, example_study):
    with pytest.raises(TypeError, match=r"as cochange\.run_study\(STUDY\) or .* gives; got Study 'Synthetic"):
        cochange.write_report(example_study, tmp_path / "xx")
    assert not (tmp_path / "xx").exists()


def test_errors_are_caught_by_the_names_that_docstrings_give_them(tmp_path):
    with pytest.raises(cochange.InputError):
        cochange.read_study(tmp_path / "study.toml")
    for error in (cochange.InputError, cochange.ContractError, cochange.NothingToFitError):
        assert issubclass(error, cochange.CochangeError)


def test_one_prior_set_may_stand_for_a_list_of_them(example_study):
    (terms,) = cochange.priors(example_study, "symptom_change", "sceptical", quiet=True)
    assert (terms.model, terms.prior) == ("symptom_change", "sceptical")


def test_a_study_is_told_in_a_line(example_study):
    assert repr(example_study) == "Study 'Synthetic exercise trial': 116 participants, 2 visits; IL-6, MADRS"


def test_one_name_may_stand_for_a_list_and_a_text_for_a_folder(example_study, tmp_path, monkeypatch):
    asked = {}

    def take(study, directory, models, priors, settings, reporter, double):
        asked.update(directory=directory, models=models, priors=priors, double=double)

    monkeypatch.setattr("cochange.inference.run.run_study", take)
    cochange.run_study(example_study, str(tmp_path / "run"), "symptom_change", "reference", double=False)
    assert asked == {
        "directory": tmp_path / "run",
        "models": ["symptom_change"],
        "priors": ["reference"],
        "double": False,
    }


def test_one_fit_has_the_rows_that_a_run_has_of_it(example_study):
    settings = cochange.Settings(draws=500, seed=4)
    fit = cochange.fit("parallel_change", example_study, "sceptical", settings)
    results = cochange.run_study(
        example_study, None, "parallel_change", "sceptical", settings, double=False, quiet=True
    )
    assert fit.estimates == results.estimates_of("parallel_change", "sceptical") != ()
    (diagnostics,) = results.diagnostics
    assert replace(fit.diagnostics, seconds_sampling=diagnostics.seconds_sampling) == diagnostics
    assert repr(fit).startswith(f"Fit of parallel_change under sceptical: 4 chains of {fit.draws} draws; ")
    assert repr(fit).endswith(f" estimates; {diagnostics.status}")


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("model", lambda study: cochange.fit("symptom_chnage", study)),
        ("prior", lambda study: cochange.fit("symptom_change", study, "refrence")),
        ("models", lambda study: cochange.run_study(study, models="symptom_chnage", quiet=True)),
        ("priors", lambda study: cochange.run_study(study, models="symptom_change", priors="refrence", quiet=True)),
        ("priors", lambda study: cochange.compare_priors(study, "symptom_change", priors="refrence")),
        ("model", lambda study: cochange.tipping(study, "symptom_chnage", "symptom_change", "intercept")),
        ("model", lambda study: cochange.calibrate("symptom_chnage", 20)),
        ("prior", lambda study: cochange.calibrate("symptom_change", 20, "refrence")),
        ("prior", lambda study: cochange.cross_validate("joint_change", study, "refrence")),
    ],
)
def test_a_name_that_is_none_is_told_by_its_argument(example_study, argument, call):
    with pytest.raises(cochange.InputError, match=rf"^{argument}: .*; did you mean '(symptom_change|reference)'"):
        call(example_study)


def test_the_package_shows_what_is_its_own():
    assert "import_module" not in dir(cochange)
    assert set(dir(cochange)) == set(cochange.__all__)
