"""Rules of the names of prior sets, by which fits are stored."""

from collections.abc import Iterator

from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken

# What no file name may hold, on one system or another.
NO_FILE_NAME = '/\\:*?"<>|'
# The file of a fit with twice the draws, or of another form of the model, is named after its prior set and ends so.
ENDINGS = ("-doubled", "-normal", "-student-t", "-measurement_error", "-observed_scores_taken_as_true")


def unstorable(name: str) -> tuple[str, str] | None:
    """What is required of the name of a prior set, and what to do; None where fits can be stored by it."""
    if not name.strip(" .") or name.strip() != name or not name.isprintable() or set(name) & set(NO_FILE_NAME):
        return f"a name that a file can have, without {' '.join(NO_FILE_NAME)},", "write letters, digits, - and _"
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    if ending is not None:
        return f"a name that does not end in {ending}, as names of other stored fits do,", "give the set another name"
    return None


def _names_can_be_stored(spec: StudySpec) -> Iterator[Broken]:
    met: dict[str, str] = {}
    for name in spec.analysis.prior_sets:
        path = ("analysis", "prior_sets", name)
        if words := unstorable(name):
            required, action = words
            yield Broken(path, required, f"'{name}'", action)
        elif (other := met.setdefault(name.lower(), name)) != name:
            required = "a name that differs from those of other sets in more than capitals"
            yield Broken(path, required, f"'{name}' beside '{other}'", "give one of the two another name")


PRIOR_SET_RULES = (_names_can_be_stored,)
