"""The page on the study file against the classes that read one: keys, defaults, choices, scales, examples."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cochange.data.read import read_study
from cochange.data.scales import KNOWN_SCALES
from cochange.data.simulate import ExerciseTrial, write_simulated
from cochange.data.spec import StudySpec
from cochange.models.parts import families as prior_families
from cochange.models.parts.contract import available, load_model
from cochange.models.parts.families import ALTERNATIVES
from cochange.models.parts.prior_sets import prior_sets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "study-file.md"
SECTIONS = dict(re.findall(r"^## (\[.+?\]+)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S))
KEY_HEADER = ["key", "type", "default", "meaning"]
OWN_SETS = "[analysis.prior_sets.SET]"


def tables_of(text: str) -> list[list[list[str]]]:
    """Every table of a text as rows of cells, the header first."""
    blocks = re.findall(r"(?:^\|.*\|\n)+", text, re.M)
    rows = [[re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()] for block in blocks]
    return [[[cell.strip() for cell in row] for row in (table[0], *table[2:])] for table in rows]


def keys_of(text: str) -> dict[str, tuple[str, str]]:
    """Type and default of every key documented in a section."""
    (table,) = [table for table in tables_of(text) if table[0] == KEY_HEADER]
    return {key.strip("`"): (kind, default) for key, kind, default, _ in table[1:]}


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def choices_in(annotation: object) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {choice for argument in get_args(annotation) for choice in choices_in(argument)}


def documented_models() -> dict[str, type[BaseModel]]:
    """The class of each section, named the way the section is headed."""
    found: dict[str, type[BaseModel]] = {}

    def add(path: str, model: type[BaseModel]) -> None:
        for name, field in model.model_fields.items():
            annotation = field.annotation
            for table in models_in(annotation):
                key = f"{path}{name}"
                many = get_origin(annotation) is tuple
                named = get_origin(annotation) is dict
                title = f"[[{key}]]" if many else f"[{key}.ESTIMAND]" if named else f"[{key}]"
                found[title] = table
                add(f"{key}.", table)

    add("", StudySpec)
    return found


MODELS = documented_models()


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return "empty" if not value else str(value)
    return f'`"{value}"`' if isinstance(value, str) else str(value)


def example_in(text: str) -> dict[str, Any]:
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    return tomllib.loads(block)


def test_every_table_has_a_section_and_every_section_a_table() -> None:
    assert list(SECTIONS) == [*MODELS, OWN_SETS]


@pytest.mark.parametrize("title", MODELS)
def test_every_key_is_documented_with_its_default(title: str) -> None:
    documented = {key: default for key, (_, default) in keys_of(SECTIONS[title]).items()}
    assert documented == {key: default_of(field) for key, field in MODELS[title].model_fields.items()}


@pytest.mark.parametrize("title", MODELS)
def test_every_choice_is_documented(title: str) -> None:
    for key, (kind, _) in keys_of(SECTIONS[title]).items():
        wanted = choices_in(MODELS[title].model_fields[key].annotation)
        written = {tomllib.loads(f"x = {text}")["x"] for text in re.findall(r'`(".+?")`', kind.replace(r"\|", "|"))}
        assert written == wanted, key


@pytest.mark.parametrize("title", MODELS)
def test_the_example_of_each_table_is_accepted(title: str) -> None:
    content: Any = example_in(SECTIONS[title])
    for part in title.strip("[]").split("."):
        content = next(iter(content.values())) if part == "ESTIMAND" else content[part]
        content = content[0] if isinstance(content, list) else content
    MODELS[title].model_validate(content)


def test_the_known_scales_are_listed() -> None:
    (table,) = [table for table in tables_of(SECTIONS["[symptom]"]) if table[0][0] == "known scale"]
    cuts = {
        scale.name: "none: yours to choose" if scale.remission is None else f"{scale.remission:g}"
        for scale in KNOWN_SCALES.values()
    }
    ranges = {scale.name: f"{scale.lower:g} to {scale.upper:g}" for scale in KNOWN_SCALES.values()}
    assert {row[0].strip("`"): row[1:] for row in table[1:]} == {
        name: [ranges[name], cuts[name]] for name in KNOWN_SCALES
    }
    assert {scale.direction for scale in KNOWN_SCALES.values()} == {"higher is worse"}


def test_the_prior_families_are_listed_with_their_hyperparameters() -> None:
    (table,) = [table for table in tables_of(SECTIONS[OWN_SETS]) if table[0][0] == "family"]
    written = {row[0].strip("`"): re.findall(r"`(\w+)`", row[1]) for row in table[1:]}
    kinds = {kind.__name__: kind for kind in ALTERNATIVES}
    assert written == {
        name: [key for key in kind.__dataclass_fields__ if key != "source"] for name, kind in kinds.items()
    }
    assert all(hasattr(prior_families, name) for name in written)


def test_the_prior_set_of_the_example_can_be_used(tmp_path: Path) -> None:
    path = write_simulated(tmp_path, ExerciseTrial(n=40, seed=1))
    (block,) = re.findall(r"```toml\n(.*?)```", SECTIONS[OWN_SETS], re.S)
    path.write_text(path.read_text("utf-8") + "\n" + block, "utf-8")
    study = read_study(path)
    for name in available():
        model = load_model(name)
        own = prior_sets(name, model.shipped, study)["colleague"]
        assert (own != model.shipped["sceptical"]) == (name == "parallel_change")
