"""The page of every public name, from the package: what `import cochange` hands on, and the types those names speak of.

Signatures and docstrings are put in by mkdocstrings when the site is built.
"""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import cochange

HEAD = """# Everything in Python

Every name that `import cochange` hands on, with its docstring, then the types that these take and give back.
`cochange.__version__` is the version.
"""
# The tables of a study file have a page of their own.
STUDY_FILE = "cochange.data.specification"


def public_objects() -> dict[str, Any]:
    """Every public name but the version, with what it stands for."""
    return {name: getattr(cochange, name) for name in cochange.__all__ if name != "__version__"}


def types_spoken_of() -> dict[str, type]:
    """The other classes of this project that annotations of public names, and of these classes, speak of."""
    public = public_objects()
    found: dict[str, type] = {}
    waiting = list(public.values())
    while waiting:
        item = waiting.pop()
        module = import_module(item.__module__)
        for word in sorted(set(re.findall(r"[A-Za-z_]\w*", " ".join(_annotations(item))))):
            named = getattr(module, word, None)
            place = named.__module__ if inspect.isclass(named) else ""
            ours = place.startswith("cochange.") and not place.startswith(STUDY_FILE)
            if ours and word[0] != "_" and word not in public and word not in found:
                found[word] = named
                waiting.append(named)
    return dict(sorted(found.items()))


def place_of(item: Any) -> str:
    """Dotted name of a function or class where it is written."""
    return f"{item.__module__}.{item.__qualname__}"


def interface_reference() -> str:
    """The page in Markdown, with a directive of mkdocstrings for each name."""
    public = [f"\n::: {place_of(item)}\n" for item in public_objects().values()]
    types = [f"\n::: {place_of(item)}\n" for item in types_spoken_of().values()]
    return "".join([HEAD, "\n## Names\n", *public, "\n## Types they take and give back\n", *types])


def _annotations(item: Any) -> Iterator[str]:
    """The annotations of a function, or of a class and its methods, as text."""
    members = [item]
    if inspect.isclass(item):
        yield from (str(value) for value in inspect.get_annotations(item).values())
        members = [member for name, member in vars(item).items() if inspect.isfunction(member) and name[0] != "_"]
    for member in members:
        for value in inspect.get_annotations(member).values():
            yield inspect.formatannotation(value)
