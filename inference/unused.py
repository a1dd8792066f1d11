"""What a study file states and the fits it leads to do not use: prior sets, and what is asked of those who left."""

from collections.abc import Sequence

from cochange.data.faults import Notice
from cochange.data.names import listing
from cochange.data.study import Study
from cochange.inference.missing.from_models import COMPLETING, REPEATED
from cochange.inference.missing.stated import asks, completing_model
from cochange.models.parts.contract import Model
from cochange.models.parts.repeated.frame import options_of


def unused_sets(study: Study) -> list[Notice]:
    """Say which prior sets the study file defines and ``[analysis] priors`` leaves out.

    Every command that takes its prior sets from the study file fits those of ``priors``, or all where it names none.
    """
    named = study.spec.analysis.priors
    return [
        Notice(
            study.path.name,
            f"analysis.prior_sets.{name}",
            f"'{name}' is defined, but [analysis] priors names {listing(named)} alone: no command fits it unless it is "
            f"asked for by name. Add it there, or take it out",
        )
        for name in study.spec.analysis.prior_sets
        if named and name not in named
    ]


def scenarios_nobody_gives(study: Study, fitted: Sequence[Model]) -> list[Notice]:
    """Say which scenarios and deltas no model of the run can tell anything of.

    Parameters
    ----------
    study : Study
        The study.
    fitted : sequence of Model
        The models that the study allows, of those asked for.
    """
    if not asks(study):
        return []
    table, events = study.spec.missing_data, study.spec.estimand.intercurrent_events
    model = completing_model(fitted)
    if model is None:
        asked = [key for key in ("compare", "delta_score", "delta_marker") if getattr(table, key)]
        stated = [f"[missing_data] {' and '.join(asked)}"] if asked else []
        stated += ["missing_as under [[estimand.intercurrent_events]]"] if any(one.missing_as for one in events) else []
        message = (
            f"what is asked by {' and '.join(stated)} will not be answered: it takes {' or '.join(COMPLETING)}, and "
            f"neither is fitted, but {listing(one.name for one in fitted) or 'no model'} alone"
        )
        return [Notice(study.path.name, None, message)]
    if model.name != REPEATED:
        return []
    kinds = options_of(study).kinds
    return [
        Notice(
            study.path.name,
            f"missing_data.delta_{kind}",
            f"deltas of the {kind} will not be looked at: {model.name}, which answers, is fitted to the "
            f"{' and the '.join(kinds)} alone. Correct outcomes under [analysis.repeated_measures], or drop the key",
        )
        for kind, delta in (("score", table.delta_score), ("marker", table.delta_marker))
        if delta is not None and kind not in kinds
    ]
