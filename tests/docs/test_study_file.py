"""The page on the study file against the classes that read one: keys, defaults, choices, scales, examples."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cochange.data.scales import KNOWN_SCALES
from cochange.data.spec import StudySpec
from cochange.data.specification.files import FileTable
from cochange.inference.plan import OF_MANY_VISITS


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def choices_in(annotation: object) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {choice for argument in get_args(annotation) for choice in choices_in(argument)}


def classes(path: str = "", model: type[BaseModel] = StudySpec) -> Iterator[tuple[str, type[BaseModel]]]:
    """The class of every table of the file, by the title its section must have."""
    for name, field in model.model_fields.items():
        for table in models_in(field.annotation):
            key = f"{path}{name}"
            kind = get_origin(field.annotation)
            yield f"[[{key}]]" if kind is tuple else f"[{key}.ESTIMAND]" if kind is dict else f"[{key}]", table
            yield from classes(f"{key}.", table)


CLASSES = dict(classes())


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    if isinstance(value, tuple | dict):
        return "empty" if not value else str(value)
    return f'`"{value}"`' if isinstance(value, str) else str(value).lower()


def own_keys(title: str) -> list[str]:
    """Keys of a table; joined files share most of theirs with the main one, where they are documented."""
    keys = list(CLASSES[title].model_fields)
    return [key for key in keys if key not in FileTable.model_fields] if title == "[[data.join]]" else keys


@pytest.fixture(scope="module")
def sections(page: Any) -> Any:
    return page("docs/study-file.md").sections


def keys_of(section: Any) -> dict[str, list[str]]:
    """Type and default of every key of a section."""
    return {key.strip("`"): rest for key, *rest in section.rows("key", "type", "default", "meaning")}


def test_every_table_has_a_section_and_every_section_a_table(sections: Any) -> None:
    assert list(sections) == list(CLASSES)


@pytest.mark.parametrize("title", CLASSES)
def test_every_key_is_documented_with_its_default(title: str, sections: Any) -> None:
    documented = {key: default for key, (_, default, _) in keys_of(sections[title]).items()}
    assert documented == {key: default_of(CLASSES[title].model_fields[key]) for key in own_keys(title)}


def test_the_models_of_many_visits_are_told(sections: Any) -> None:
    told = keys_of(sections["[analysis]"])["models"][-1].split(" when left out, ")[1]
    assert set(re.findall(r"`(\w+)`", told)) == OF_MANY_VISITS


def test_the_keys_of_every_file_stand_together_under_data(sections: Any) -> None:
    keys = list(keys_of(sections["[data]"]))
    shared = keys[keys.index("visit") : keys.index("dictionary") + 1]
    assert set(shared) == set(FileTable.model_fields)
    assert "from `visit` to `dictionary`" in sections["[[data.join]]"].text


@pytest.mark.parametrize("title", CLASSES)
def test_every_choice_is_documented(title: str, sections: Any) -> None:
    for key, (kind, _, _) in keys_of(sections[title]).items():
        written = {tomllib.loads(f"x = {text}")["x"] for text in re.findall(r'`(".+?")`', kind.replace(r"\|", "|"))}
        assert written == choices_in(CLASSES[title].model_fields[key].annotation), key


@pytest.mark.parametrize("title", CLASSES)
def test_the_example_of_each_table_is_accepted(title: str, sections: Any) -> None:
    (block,) = sections[title].blocks("toml")
    content: Any = tomllib.loads(block)
    for part in title.strip("[]").split("."):
        content = next(iter(content.values())) if part == "ESTIMAND" else content[part]
        content = content[0] if isinstance(content, list) else content
    assert content
    CLASSES[title].model_validate(content)


def test_the_known_scales_are_listed(sections: Any) -> None:
    listed = {name.strip("`"): rest for name, *rest in sections["[symptom]"].rows("known scale")}
    known = {
        scale.name: [
            f"{scale.lower:g} to {scale.upper:g}",
            "none: yours to choose" if scale.remission is None else f"{scale.remission:g}",
        ]
        for scale in KNOWN_SCALES.values()
    }
    assert listed == known
    # The page says so below the table.
    assert {scale.direction for scale in KNOWN_SCALES.values()} == {"higher is worse"}
