"""What a comparison of two visits does not show of marker and score, however many visits the study has."""

from cochange.inference.results import Results
from cochange.reports.labels import JOINT, listed, marker_of, scale_of, visit_name

# The models that set the changes of marker and score between two visits against each other.
COMPARING = (JOINT, "parallel_change")
LEFT = "arm_difference_given_marker"


def no_order(results: Results) -> str:
    """That two visits tell no order in time; empty where every model that relates the changes has more."""
    study = results.study
    if not study.has_two_visits:
        return ""
    who = "Two visits give"
    if len(study.spec.data.visits) > 2:
        names = [name for name in COMPARING if results.fitted(name)]
        if not names:
            return ""
        visits = listed([visit_name(visit, study) for visit in (study.baseline, study.follow_up)])
        compared = "compares" if len(names) == 1 else "compare"
        who = f"{listed(names)} {compared} two visits alone, {visits}, which give"
    return (
        f"{who} no order in time between the changes of {marker_of(study)} and {scale_of(study)}. They cannot show "
        "mediation, nor which of the two comes first; a state shared by both measurements of a visit looks the same as "
        f"a parallel change.{_left(results)}"
    )


def _left(results: Results) -> str:
    """What the parts are not into which the marker's contrast divides that on the score."""
    if not any(row.estimand == LEFT for row in results.estimates):
        return ""
    return (
        f" What is left of the arms' difference beyond what {marker_of(results.study)} foretells is no direct effect, "
        "and the rest is no mediated one."
    )
