"""A cross-validation of the forms of a model as a page, a table and JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from cochange.data.arguments import require
from cochange.data.paths import usable_folder
from cochange.inference.calibrating.chain import R_HAT_MAX
from cochange.inference.files import write_json
from cochange.inference.folding.cross_validate import CrossValidation, FoldedForm
from cochange.inference.folding.fits import DRAWS
from cochange.inference.loo import LEAST_ESS
from cochange.inference.many.fingerprint import values_of
from cochange.models.parts.prior_sets import families
from cochange.reports.block import Block, Column, Paragraph, Points, Rows, Table
from cochange.reports.cover import Cover
from cochange.reports.document import write_beside, write_markdown, write_page
from cochange.reports.labels import prior_name
from cochange.reports.numbers import fixed, significant, with_counts
from cochange.reports.sections.comparison import STACKING, better_in_words

SCHEMA = "cochange.cross_validation/1"
# The names of its tables begin so: those of other documents in the same folder are left alone.
BEGINNING = "cross_validation_"
BY_SITE = (
    "Standard errors take participants as independent. Those of a site were left out together: where sites differ, the "
    "standard errors are too small."
)


def cross_validation_sentences(found: CrossValidation) -> tuple[str, ...]:
    """What a cross-validation says, one statement each: the forms, then what must not be relied on."""
    return (_compared(found), *_unreliable(found), *_not_admitted(found))


def _compared(found: CrossValidation) -> str:
    rows = found.reliable
    if not rows:
        return "No form can be relied on: of each, a fit failed its diagnostics."
    if len(rows) > 1:
        return better_in_words(rows[0].form, rows[1].form, abs(rows[1].difference), rows[1].difference_se)
    others = "no other form was fitted" if len(found.rows) == 1 else "no other form can be relied on"
    (row,) = rows
    return (
        f"The log predictive density of {row.form} is {fixed(row.elpd, 1)} (standard error {significant(row.se, 2)}); "
        f"{others}."
    )


def _unreliable(found: CrossValidation) -> tuple[str, ...]:
    if not found.failed:
        return (f"None of the {found.folding.fits} fits ended with a failed diagnostic.",)
    said = []
    for row in found.rows:
        if not row.reliable:
            reasons = with_counts(row.problems)
            lost = len(found.elpds["participant"]) - row.participants
            without = f"; {lost} participants have no density, so that it has no sum" if lost else ""
            said.append(
                f"Not to be relied on: {row.form}. {row.failed} of its {row.fits} fits ended with a failed diagnostic "
                f"({reasons}){without}."
            )
    return tuple(said)


def _not_admitted(found: CrossValidation) -> tuple[str, ...]:
    return tuple(f"{form} was not cross-validated: {why}." for form, why in found.folding.not_admitted.items())


def write_cross_validation(found: CrossValidation, directory: Path | str) -> Path:
    """Write a cross-validation.

    Parameters
    ----------
    found : CrossValidation
        From `cochange.cross_validate`.
    directory : path
        Where to write ``cross_validation.html``, ``cross_validation.md``, ``cross_validation.json`` and
        ``tables/cross_validation_*``.

    Returns
    -------
    Path
        ``cross_validation.html``: one file that needs nothing else and no network.

    Raises
    ------
    InputError
        If the directory is a file, or nothing can be written to it.
    TypeError
        If `found` is none, or `directory` is no path.
    """
    require(found, CrossValidation, "found must be a CrossValidation, as cochange.cross_validate(MODEL, STUDY) gives")
    directory = usable_folder(directory)
    cover, blocks = _cover(found), _blocks(found)
    write_beside(directory, cover, blocks, BEGINNING)
    write_json(directory / "cross_validation.json", cross_validation_record(found))
    write_markdown(directory / "cross_validation.md", cover, blocks)
    return write_page(directory / "cross_validation.html", cover, blocks)


def cross_validation_record(found: CrossValidation) -> dict[str, Any]:
    """A cross-validation as JSON holds it; densities of participants are in ``folds/``."""
    folding = found.folding
    return {
        "schema": SCHEMA,
        "study_file": folding.study.path.name,
        "title": folding.study.spec.study.title,
        "synthetic": folding.study.spec.study.synthetic,
        "model": folding.model.name,
        "prior": folding.prior,
        "priors": values_of(families(folding.priors)),
        "by": folding.by,
        "folds": {name: len(participants) for name, participants in folding.folds.items()},
        "seed": folding.seed,
        "seconds_a_fit": found.seconds,
        "failed": found.failed,
        "said": cross_validation_sentences(found),
        "forms": [asdict(row) | {"reliable": row.reliable} for row in found.rows],
        "not_admitted": dict(folding.not_admitted),
        "version": version("cochange"),
    }


def _cover(found: CrossValidation) -> Cover:
    study, created = found.folding.study.spec.study, datetime.now(UTC)
    return Cover(
        kind=f"Cross-validation of {found.folding.model.name}",
        title=study.title,
        facts=(
            study.design,
            f"{len(found.rows)} forms, {len(found.folding.folds)} folds",
            f"{created:%Y-%m-%d}",
            f"cochange {version('cochange')}",
        ),
        status="do not report" if found.failed else "report",
        synthetic=study.synthetic,
        closing="Made from the densities stored beside this page.",
        created=created,
    )


def _blocks(found: CrossValidation) -> dict[str, Block]:
    warning = (Paragraph(BY_SITE, warning=True),) if found.folding.by == "site" else ()
    return {
        "What was found": Block((Points(cross_validation_sentences(found)), *warning)),
        "Forms": Block((_table(found),)),
        "How it was done": Block((Points(_how(found)),)),
    }


def cells_of(row: FoldedForm) -> tuple[str, ...]:
    """What the table prints of a form."""
    return (
        row.form, fixed(row.elpd, 1), fixed(row.se, 1), significant(row.mcse, 2), fixed(row.difference, 1),
        fixed(row.difference_se, 1), fixed(row.weight, 2), f"{row.failed} of {row.fits}",
    )  # fmt: skip


LABELS = (
    "Form", "Log predictive density", "SE", "MCSE", "From the best", "SE of it", "Stacking weight", "Failed fits",
)  # fmt: skip


def _table(found: CrossValidation) -> Table:
    columns = tuple(Column(label, number=place > 0) for place, label in enumerate(LABELS))
    caption = (
        f"Forms of {found.folding.model.name} by log predictive density, summed over "
        f"{found.elpds.sizes['participant']} participants left out, with its standard error (SE) and its Monte Carlo "
        f"standard error (MCSE). {STACKING}"
    )
    printed = tuple(map(cells_of, found.rows))
    return Table(f"{BEGINNING}forms", caption, columns, (Rows("", printed),), _frame(found.rows))


def _frame(rows: Sequence[FoldedForm]) -> pd.DataFrame:
    return pd.DataFrame([{name: value for name, value in asdict(row).items() if name != "problems"} for row in rows])


def _how(found: CrossValidation) -> tuple[str, ...]:
    folding = found.folding
    sizes = [len(participants) for participants in folding.folds.values()]
    if folding.by == "site":
        sites = ", ".join(f"{site} ({len(participants)})" for site, participants in folding.folds.items())
        parts = f"Sites were left out whole, one at a time: {sites} participants."
    else:
        arms = ", evenly over the arms" if "arm" in folding.study.data.coords else ""
        parts = (
            f"{sum(sizes)} participants were shuffled and spread over {len(sizes)} folds of {min(sizes)} to "
            f"{max(sizes)}{arms}."
        )
    return (
        f"{parts} Every form of {folding.model.name} was fitted under {prior_name(folding.prior)} without each fold in "
        "turn, the same folds for all of them.",
        "A participant's log predictive density is the log of the density of everything observed of them, averaged "
        "over the draws of the fit that left them out (K-fold cross-validation; Vehtari et al. 2017, "
        "doi:10.1007/s11222-016-9696-4). It needs no importance sampling.",
        f"One chain a fit, of {DRAWS:,} draws to begin with. A fit that diverges, has an R-hat above {R_HAT_MAX} or "
        f"fewer than {LEAST_ESS:.0f} effective draws of a parameter is sampled again, twice at most, with smaller "
        "steps or more draws.",
        f"Seed {folding.seed}; {found.seconds:.2f} seconds of processor time a fit.",
    )
