"""The names handed on by `import cochange`."""

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
    from dataclasses import replace

    from cochange.inference.plan import NothingToFitError

    one_visit = example_study.spec.analysis.model_copy(update={"follow_up": "baseline"})
    study = replace(example_study, spec=example_study.spec.model_copy(update={"analysis": one_visit}))
    with pytest.raises(NothingToFitError, match="marker_change: needs two visits"):
        cochange.fit("marker_change", study)
