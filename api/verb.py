"""The verbs of the command line: what is wrong with how one is written is told together, before anything runs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.stopping import Stopped, stopping_in_callbacks

_BOUNDS = {"greater_than_equal": ("of at least", "ge"), "less_than_equal": ("of at most", "le")}
_ONE_OF = re.compile(r" is not one of ('.*')\.$")
_IN_BACKTICKS = re.compile(r"`(\w+)`")
_KINDS = {"int": "a whole number", "float": "a number"}


class Verbs(TyperGroup):
    """Commands of one name, and its own options; what is neither is refused with what it may stand for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command.

        Raises
        ------
        InputError
            If one is unknown.
        """
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            if not (name := _unknown_option(error)):
                raise
            of_verbs = {word for verb in self.commands.values() for option in verb.params for word in option.opts}
            after = f"write it after the command, as in `{ctx.command_path} COMMAND {name}`"
            action = after if name in of_verbs else choice(name, _options_of(self, ctx))
            raise InputError([_no_option(name, ctx, action)]) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is named.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        name, *others = args
        if name not in self.commands:
            action, option = choice(name, self.commands, len(self.commands)), f"--{name}"
            if option in _options_of(self, ctx):
                of = [verb for verb in others[:1] if verb in self.commands]
                of = [verb for verb in of if option in _options_of(self.commands[verb], ctx)]
                action = f"type `{' '.join([ctx.command_path, *of, option])}`"
            raise InputError([Fault(name, None, None, f"a command of {ctx.command_path}", f"'{name}'", action)])
        return super().resolve_command(ctx, args)


class Verb(TyperCommand):
    """A command that refuses all it was wrongly given, or lacks, at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read options and arguments.

        Raises
        ------
        InputError
            If options are unknown, arguments too many, and values missing, given twice, or such as cannot be; a fault
            for each.
        """
        known, unknown = self._told_apart(ctx, args)
        given, extra, order = self.make_parser(ctx).parse_args(args=known)
        lacking = [parameter for parameter in self.get_params(ctx) if _is_lacking(parameter, given)]
        # What follows an unknown option may be its value.
        values = [] if unknown else extra
        faults = [*unknown, *_repeated(order), *(self._not_taken(ctx, value, lacking) for value in values)]
        for parameter in self.get_params(ctx):
            if parameter in lacking:
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

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises
        ------
        InputError
            If the input is at fault; arguments that options give are named by these.
        Stopped
            If the user stops it.
        """
        try:
            with stopping_in_callbacks():
                return super().invoke(ctx)
        except InputError as error:
            error.faults = tuple(self._as_written(fault, ctx) for fault in error.faults)
            raise
        except KeyboardInterrupt:
            raise Stopped(str(self.name), ctx.params.get("out")) from None

    def _as_written(self, fault: Fault, ctx: Any) -> Fault:
        """A fault with the options that give them in place of the arguments at fault, or named in backticks."""
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, TyperOption)]
        given_by = {name: option.opts[0] for option in options for name in _arguments(option)}
        in_file = fault.row is not None or fault.column is not None
        place = fault.file if in_file else given_by.get(fault.file, fault.file)
        required, action = (
            _IN_BACKTICKS.sub(lambda named: given_by.get(named[1], named[0]), text)
            for text in (fault.required, fault.action)
        )
        return replace(fault, file=place, required=required, action=action)

    def _told_apart(self, ctx: Any, args: list[str]) -> tuple[list[str], list[Fault]]:
        """What was written without the options there are not, and these as faults."""
        known, faults = list(args), []
        while True:
            try:
                self.make_parser(ctx).parse_args(args=list(known))
            except TyperException as error:
                # What else is wrong in the writing, as an option without its value, is left to be told as it is.
                name = _unknown_option(error)
                place = next((item for item in known if name and item.split("=")[0] == name), None)
                if place is None:
                    raise
                known.remove(place)
                faults.append(_no_option(name, ctx, choice(name, _options_of(self, ctx))))
            else:
                return known, faults

    def _not_taken(self, ctx: Any, value: str, lacking: Iterable[Any]) -> Fault:
        """A value that is no argument of the command, with the option it may belong to."""
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, TyperOption)]
        meant = [option.opts[0] for option in options if option.metavar == _kind_of(value)]
        meant += [option.opts[0] for option in lacking if option in options]
        action = f"leave it out, or write the option it is for (`{ctx.command_path} --help` lists them)"
        return Fault(value, None, None, "an option before it", "none", f"write {meant[0]} {value}" if meant else action)


def _kind_of(value: str) -> str:
    """What a value is, as options call it: a model, a prior set, or what cannot be told."""
    from cochange.models.parts.contract import available
    from cochange.models.parts.prior_sets import NAMES

    if value in available() or value.endswith(".py"):
        return "MODEL"
    return "SET" if value in NAMES else ""


def _arguments(option: TyperOption) -> Iterator[str]:
    """The arguments an option gives: that of its name, one or several, and those that it is written with."""
    yield from (str(option.name), f"{option.name}s")
    if option.metavar and "=" in option.metavar:
        yield from option.metavar.lower().split("=")


def _options_of(command: Any, ctx: Any) -> list[str]:
    return [name for parameter in command.get_params(ctx) for name in parameter.opts if name.startswith("--")]


def _unknown_option(error: TyperException) -> str:
    """The option that is not there; nothing where the error is another."""
    return str(getattr(error, "option_name", "")) if hasattr(error, "possibilities") else ""


def _no_option(name: str, ctx: Any, action: str) -> Fault:
    return Fault(name, None, None, f"an option of {ctx.command_path}", f"'{name}'", action)


def _is_lacking(parameter: Any, given: Any) -> bool:
    return parameter.required and not given.get(parameter.name)


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
