"""The page on missing data against the code: strategies, limits, names, and the study file it shows."""

import re
import tomllib
from typing import Any, get_args

import cochange
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import Imputed
from cochange.inference.missing.analysis import EXPECTATION, IMPUTATION, IMPUTATIONS
from cochange.inference.missing.strategies import Strategy


def test_every_strategy_is_explained(page: Any) -> None:
    rows = page("docs/missing-data.md").sections["Strategies"].rows("strategy")
    assert [row[0].strip('`"') for row in rows] == list(get_args(Strategy))


def test_what_compare_takes_is_said(page: Any) -> None:
    rows = page("docs/missing-data.md").sections["Strategies"].rows("strategy")
    *compared, other = (row[0].strip('`"') for row in rows)
    assert compared == list(get_args(Imputed))
    assert len(compared) == 4
    text = " ".join(page("docs/missing-data.md").text.split())
    assert re.search(rf'`compare` under \S+ takes the first four, that is all but `"{other}"`', text)


def test_the_study_file_is_one(page: Any) -> None:
    sections = page("docs/missing-data.md").sections
    blocks = [block for title in ("Strategies", "Events with a visit") for block in sections[title].blocks("toml")]
    assert len(blocks) == 2
    for content in map(tomllib.loads, blocks):
        assert set(content) == {"missing_data", "estimand"}
        for name, table in content.items():
            StudySpec.model_fields[name].annotation.model_validate(table)


def test_both_estimators_are_explained(page: Any) -> None:
    text = page("docs/missing-data.md").text
    (section,) = (own for title, own in page("docs/missing-data.md").sections.items() if title.startswith("Two estim"))
    assert [row[0] for row in section.rows("estimator")] == [EXPECTATION, IMPUTATION]
    assert f"{IMPUTATIONS:,} at the most" in " ".join(text.split())


def test_the_program_uses_what_there_is(page: Any) -> None:
    (program,) = page("docs/missing-data.md").sections["From Python"].blocks("python")
    compile(program, "docs/missing-data.md", "exec")
    names = re.findall(r"cochange\.(\w+)", program)
    assert set(names) <= set(cochange.__all__)
    assert all(callable(getattr(cochange, name)) for name in names)
