"""Turn what pydantic says about a study file into faults a user can act on."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cochange.data.faults import Fault
from cochange.data.names import choice, listing, nearest
from cochange.data.specification.kinds import NOT_MEASURED
from cochange.data.specification.toml_lines import KeyPath, dotted, line_of

_REQUIRED = {
    "string_type": "a text in quotes",
    "text_empty": "a text that is not empty",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "items": "a column in quotes, or a list of the columns of one total's items,",
    "files": "a file in quotes, or a list of files that are read alike,",
    "wells": "a column in quotes, or a list of the columns of one sample's wells,",
    "limits": "a number, or a list with one number a visit,",
}


def faults_of(error: ValidationError, model: type[BaseModel], file: str, lines: dict[KeyPath, int]) -> list[Fault]:
    """Translate a pydantic error.

    Parameters
    ----------
    error : ValidationError
        Raised by ``model.model_validate``.
    model : type of BaseModel
        Class of the whole file.
    file : str
        Name of the study file.
    lines : dict
        Line of each key, from `key_lines`.

    Returns
    -------
    list of Fault
        In the order of the lines.
    """
    found = error.errors(include_url=False)
    around = {details["loc"][:length] for details in found for length in range(len(details["loc"]))}
    # An entry at fault is not counted: its list would be told to be too short besides.
    own = [details for details in found if details["type"] != "too_short" or details["loc"] not in around]
    faults = [_fault(details, model, file, lines) for details in own]
    return sorted(faults, key=lambda fault: fault.row or 0)


def _fault(details: ErrorDetails, model: type[BaseModel], file: str, lines: dict[KeyPath, int]) -> Fault:
    path: KeyPath = details["loc"]
    required, found, action = _words(details, model)
    return Fault(file, line_of(path, lines), dotted(path), required, found, action)


def _words(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str, str]:
    path, kind = details["loc"], details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    key, table = str(path[-1]), dotted(path[:-1])
    place = f"[{table}]" if table else "the study file"
    found = _shown(details["input"])
    if kind == "missing":
        return f"the key '{key}' in {place}", "nothing", f"add it{_choices(model, path)}"
    if kind == "extra_forbidden":
        known = sorted(_model_at(model, path[:-1]).model_fields)
        what = "table" if isinstance(details["input"], dict | list) and not table else "key"
        return f"a known {what} of {place}", f"'{key}'", choice(key, known, len(known))
    if kind == "literal_error":
        expected, text = str(context["expected"]), str(details["input"])
        known = expected.replace("' or '", "', '").strip("'").split("', '")
        match = nearest(text, known)
        action = "write one of them" if match is None else f"did you mean '{match}'?"
        expected = f"one of {expected}" if " or " in expected else expected
        return expected, found, (_without_base(text) if "log10" in known else "") or action
    if kind in ("too_short", "too_long"):
        bound = context["min_length"] if kind == "too_short" else context["max_length"]
        return f"a list of {'at least' if kind == 'too_short' else 'at most'} {bound}", found, "correct the list"
    if kind in ("string_too_short", "string_too_long"):
        return "a single character", found, "write one character in quotes"
    if kind in _BOUNDS:
        return f"a number {_BOUNDS[kind][0]} {context[_BOUNDS[kind][1]]:g}", found, "correct the number"
    if kind == "string_type" and isinstance(details["input"], int | float):
        return "a text in quotes", found, f'write "{details["input"]}"'
    if kind == "text_empty" and path[0] in ("marker", "symptom") and "columns" in path:
        return _REQUIRED[kind], found, f"name a column; {NOT_MEASURED}"
    required = _REQUIRED.get(kind, f"a valid value ({details['msg']})")
    return required, found, _rewritten(kind, details["input"], key) or "correct the value"


def _without_base(scale: str) -> str:
    """What to say of a logarithm that does not tell its base by a name known here, for which none is taken."""
    if scale.lower() not in (*_LOGARITHMS, *_NATURAL):
        return ""
    if scale.lower() in _NATURAL:
        return "write 'ln' where the natural logarithm is meant"
    return f"'{scale}' does not tell the base of the logarithm: find out, and write 'ln', 'log10' or 'log2'"


def _rewritten(kind: str, value: object, key: str) -> str:
    """How to write a number that stands in quotes, a list of one text, or columns; "" where that is not the fault."""
    if kind == "tuple_type" and isinstance(value, str):
        return "write each text of it in quotes of its own" if "," in value else f'write ["{value}"]'
    number = written_as_number(value) if kind in _NUMBERS else ""
    whole = kind != "int_type" or (number != "" and float(number).is_integer())
    if number and whole:
        return f"write {number}, without quotes"
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    if kind == "limits" and not all(map(written_as_number, texts)):
        columns = f"a column that holds the limit of each sample is named under {key}_columns"
        return f"{columns}: in a wide layout one for each visit, where the same may be named for several"
    return ""


def written_as_number(value: object) -> str:
    """Return the number in a text as a study file has it, with a point; "" where there is none."""
    text = value.strip().replace(",", ".") if isinstance(value, str) else ""
    try:
        return text if isfinite(float(text)) else ""
    except ValueError:
        return ""


_NUMBERS = ("float_type", "int_type", "limits")
_NATURAL = ("log_e", "loge", "log-e", "natural log", "natural logarithm")
_LOGARITHMS = ("log", "logs", "lg", "logarithm", "logarithms", "logarithmic", "logged", "log scale")

_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _choices(model: type[BaseModel], path: KeyPath) -> str:
    field = _model_at(model, path[:-1]).model_fields.get(str(path[-1]))
    choices = [] if field is None else [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f": one of {listing(choices)}" if choices else ""


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    for part in path:
        field = model.model_fields.get(str(part)) if isinstance(part, str) else None
        if field is not None:
            model = next(models_in(field.annotation), model)
    return model


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Classes of tables that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
