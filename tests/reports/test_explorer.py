"""What the explorer of the page is given, and what stands in its place elsewhere."""

import base64
import io
import json
from dataclasses import replace

import docx
import numpy as np
import pytest

from cochange.inference.estimates import cell_of
from cochange.reports import carried
from cochange.reports.block import Explorer
from cochange.reports.cover import cover_of
from cochange.reports.explorer import content_of, explorable, key_of
from cochange.reports.labels import is_main
from cochange.reports.markdown import markdown_report
from cochange.reports.numbers import centre, interval, probability
from cochange.reports.sections import explore
from cochange.reports.sections.summary import main_decisions
from cochange.reports.word import word_report


@pytest.fixture(scope="module")
def content(results):
    return content_of(results, main_decisions(results))


def test_every_estimate_has_its_own_stored_draws(results, content) -> None:
    found = {item["key"]: item for item in content["quantities"]}
    cells = sum(len(priors) for item in found.values() for priors in item["groups"].values())
    assert cells == len(results.estimates)
    for row in results.estimates:
        quantity = found[key_of(row)]
        cell = quantity["groups"][row.group][row.prior]
        codes = np.frombuffer(base64.b64decode(cell["draws"]), "<u2").astype(float)
        model = next(item for item in results.models if item.name == row.model)
        derived = model.derive(results.fits[row.model, row.prior].posterior, results.study)[row.estimand]
        place = {"group": row.group, "marker": row.marker, "form": row.form}
        stored = np.sort(cell_of(derived, place).to_numpy(), axis=None)
        middle = stored[((np.arange(codes.size) + 0.5) * stored.size / codes.size).astype(int)]
        assert cell["low"] + cell["step"] * codes == pytest.approx(middle, abs=cell["step"] / 2 * (1 + 1e-9))
        assert (cell["stored"], cell["mcse"]) == (stored.size, row.mcse_mean)
        assert cell["centre"] == {"median": row.median, "side": row.side, "direction": row.p_direction}
        assert cell["interval"] == {"lower": row.lower, "upper": row.upper}
        assert cell["regions"] == {"below": row.below, "inside": row.inside, "above": row.above}
        assert (quantity["null"], quantity["smallest"]) == (row.null, row.smallest_important)


def test_what_is_shown_first_is_the_study_files(results, content) -> None:
    analysis = results.study.spec.analysis
    assert (content["mass"], content["kind"], content["prior"]) == (analysis.ci_prob, "eti", results.main_prior)
    assert content["kindName"] == "equal-tailed"
    assert [key for key, _ in content["main"]] == [key_of(item.estimate) for item in main_decisions(results)]
    assert list(content["priors"]) == ["reference", "sceptical"]
    assert content["failed"] == []
    groups = [list(item["groups"]) for item in content["quantities"]]
    assert ["overall", "light", "moderate", "vigorous"] in groups


def test_the_page_carries_no_more_than_it_can(report, results, monkeypatch) -> None:
    (part,) = [part for block in report.blocks.values() for part in block.parts if isinstance(part, Explorer)]
    assert len(json.dumps(part.content)) < 400_000
    assert "too many" not in str(report.blocks["Explore the answers"].parts)
    monkeypatch.setattr(carried, "BUDGET", len(results.decisions) * carried.BYTES * carried.LEAST)
    assert {item.estimate.quantity for item in explorable(results)} == {
        row.quantity for row in results.estimates if is_main(row, results.study)
    }
    fewer = explore.SECTION.block(results).parts
    assert "it has the main answers alone" in fewer[2].text
    assert len(json.dumps(fewer[3].content)) < len(json.dumps(part.content))


def test_failed_fits_are_named(fabricate, study) -> None:
    found = fabricate(study, spoil="parallel_change")
    failed = content_of(found, main_decisions(found))["failed"]
    assert failed == ["parallel_change/reference", "parallel_change/sceptical"]


def test_what_has_no_finite_draws_is_left_out(results) -> None:
    def spoiled(item):
        return replace(item, estimate=replace(item.estimate, sd=np.nan)) if item is results.decisions[0] else item

    found = replace(results, decisions=tuple(map(spoiled, results.decisions)))
    assert len(explorable(found)) == len(results.decisions) - 1


def test_the_table_in_its_place_holds_the_estimates(results) -> None:
    (table,) = explore.SECTION.block(results).tables
    rows = table.groups[0].rows
    decisions = main_decisions(results)
    assert len(rows) == len(decisions)
    for cells, row in zip(rows, (item.estimate for item in decisions), strict=True):
        assert cells[1:4] == (row.unit, centre(row, results.estimates), interval(row, results.estimates))
        assert cells[6:] == tuple(map(probability, (row.below, row.inside, row.above)))
    assert {cells[5] for cells in rows} == {"3", "not stated", "not applicable"}


def test_other_forms_of_the_report_print_the_table_alone(results) -> None:
    blocks = {explore.SECTION.title: explore.SECTION.block(results)}
    cover = cover_of(results)
    text = markdown_report(cover, blocks)
    document = docx.Document(io.BytesIO(word_report(cover, blocks)))
    assert text.count("| Geometric mean ratio of IL-6 |") == 1
    assert "explore-content" not in text
    assert len(document.tables) == 1
    assert any(paragraph.text.startswith("In report.html, opened in a browser") for paragraph in document.paragraphs)
