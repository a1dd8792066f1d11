"""The part of a study file that is sound, so that the rules of its keys can be judged beside the faults of others."""

from collections.abc import Collection
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from cochange.data.names import nearest
from cochange.data.specification.study_file_faults import models_in
from cochange.data.specification.toml_lines import KeyPath


def sound_part[Model: BaseModel](model: type[Model], content: dict[str, Any], wrong: Collection[KeyPath]) -> Model:
    """Construct a table without its keys at fault: to read one of these raises an AttributeError.

    Parameters
    ----------
    model : type of BaseModel
        Class of the table.
    content : dict
        What the file has in it.
    wrong : collection of tuple
        Paths of the keys at fault, from this table on: of a wrong value, an unknown or a missing key.

    Returns
    -------
    BaseModel
        Keys that are neither given nor at fault have their defaults. One that an unknown key may stand for is at fault.
    """
    fields = model.model_fields
    heads = {path[0] for path in wrong if path}
    absent = [name for name in fields if name not in content]
    meant = {nearest(str(head), absent) for head in heads if head not in fields}
    sound: dict[str, Any] = {}
    for name, field in fields.items():
        if name in content and name not in heads:
            sound[name] = TypeAdapter(field.rebuild_annotation()).validate_python(content[name])
        elif name in content:
            inner, value = next(models_in(field.annotation), None), content[name]
            below = [path[1:] for path in wrong if path[0] == name]
            if () in below:
                continue
            if get_origin(field.annotation) is dict:
                # Of tables under names of their own, each stands for itself; plain values by name are one statement.
                if inner is not None or get_origin(get_args(field.annotation)[1]) is dict:
                    at_fault = {path[0] for path in below}
                    kept = {key: own for key, own in value.items() if key not in at_fault}
                    sound[name] = TypeAdapter(field.rebuild_annotation()).validate_python(kept)
                continue
            if inner is None:
                continue
            if isinstance(value, dict):
                sound[name] = sound_part(inner, value, below)
            elif isinstance(value, list) and all(isinstance(one, dict) for one in value):
                sound[name] = tuple(
                    sound_part(inner, one, [path[1:] for path in below if path[0] == i]) for i, one in enumerate(value)
                )
    part = model.model_construct(**sound)
    for name in fields:
        if name not in sound and (name in heads or name in meant):
            part.__dict__.pop(name, None)
    return part
