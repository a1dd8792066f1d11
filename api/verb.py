"""A verb of the command line: what is wrong with its options and arguments is told together, before anything runs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption
from typer.exceptions import TyperException

from cochange.data.faults import Fault, InputError
from cochange.data.names import choice

_BOUNDS = {"greater_than_equal": ("of at least", "ge"), "less_than_equal": ("of at most", "le")}
_ONE_OF = re.compile(r" is not one of ('.*')\.$")
_KINDS = {"int": "a whole number", "float": "a number"}


class Verb(TyperCommand):
    """A command that refuses all it was wrongly given, or lacks, at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read options and arguments.

        Raises
        ------
        InputError
            If options are unknown, and if values are missing, given twice, or such as cannot be; a fault for each.
        """
        known, unknown = self._told_apart(ctx, args)
        given, _, order = self.make_parser(ctx).parse_args(args=known)
        faults = [*unknown, *_repeated(order)]
        for parameter in self.get_params(ctx):
            if parameter.required and not given.get(parameter.name):
                faults.append(_missing(parameter))
                continue
            try:
                parameter.handle_parse_result(ctx, given, [])
            except InputError as error:
                faults += error.faults
            except typer.BadParameter as error:
                faults.append(_fault_of(error, parameter))
        if faults:
            raise InputError(faults)
        return super().parse_args(ctx, args)

    def _told_apart(self, ctx: Any, args: list[str]) -> tuple[list[str], list[Fault]]:
        """What was written without the options there are not, and these as faults."""
        known, faults = list(args), []
        names = [name for parameter in self.get_params(ctx) for name in parameter.opts if name.startswith("--")]
        while True:
            try:
                self.make_parser(ctx).parse_args(args=list(known))
            except TyperException as error:
                # What else is wrong in the writing, as an option without its value, is left to be told as it is.
                name = getattr(error, "option_name", "") if hasattr(error, "possibilities") else ""
                place = next((item for item in known if name and item.split("=")[0] == name), None)
                if place is None:
                    raise
                known.remove(place)
                faults.append(
                    Fault(name, None, None, f"an option of {ctx.command_path}", f"'{name}'", choice(name, names))
                )
            else:
                return known, faults


def _repeated(order: Iterable[Any]) -> Iterator[Fault]:
    """Options of one value that were given several: which one is meant cannot be known."""
    for option, times in Counter(order).items():
        if times > 1 and isinstance(option, TyperOption) and not option.multiple and not option.is_flag:
            yield Fault(option.opts[0], None, None, "one value", f"{times}", "give the one that is meant")


def _fault_of(error: typer.BadParameter, parameter: Any) -> Fault:
    """A value that cannot be, as a fault.

    Raises
    ------
    typer.BadParameter
        If the value is refused for something that has no words here.
    """
    from pydantic import ValidationError

    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        raise error
    details = cause.errors(include_url=False)[0]
    name, found, kind = parameter.opts[0], f"'{details['input']}'", details["type"]
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return Fault(name, None, None, f"a number {words} {details['ctx'][bound]:g}", found, "give such a number")
    if kind.endswith("_parsing") and kind.removesuffix("_parsing") in _KINDS:
        return Fault(name, None, None, _KINDS[kind.removesuffix("_parsing")], found, "write digits")
    if known := _ONE_OF.search(details["msg"]):
        listed = [quoted.strip("'") for quoted in known[1].split(", ")]
        return Fault(name, None, None, f"one of {known[1]}", found, choice(details["input"], listed))
    raise error


def _missing(parameter: Any) -> Fault:
    what = parameter.help.rstrip(".")
    what = what[0].lower() + what[1:]
    if isinstance(parameter, TyperArgument):
        return Fault(str(parameter.metavar), None, None, what, "nothing", "give it after the command's name")
    name = parameter.opts[0]
    return Fault(name, None, None, f"{parameter.metavar} ({what})", "nothing", f"add {name} {parameter.metavar}")
