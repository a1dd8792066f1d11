"""What the study file says that no fit depends on, as draws keep it."""

from cochange.data.spec import StudySpec

# Draws made before these were kept do not say what they were.
WORDS = ("study.title", "study.population", "estimand.population")


def stated(spec: StudySpec) -> dict[str, str | float]:
    """Title, populations, and what is primary and important, by key; a population that is not stated is empty.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    """
    words = (spec.study.title, spec.study.population, spec.estimand.population)
    return {key: said or "" for key, said in zip(WORDS, words, strict=True)} | spec.judged_by
