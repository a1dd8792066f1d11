"""The kinds of values a study file may hold."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# What to do about a visit for which an outcome has no column.
NOT_MEASURED = "for a visit at which it was not measured, add an empty column to the data file and name it"


class Table(BaseModel):
    """Base of all tables: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _stripped(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("text_empty", "a text that is not empty")
    return text.strip()


def _one_or_many(value: object) -> object:
    numbers = value if isinstance(value, list | tuple) else (value,)
    if not numbers or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
        raise PydanticCustomError("limits", "a number, or a list with one number a visit")
    return tuple(numbers)


def _column_or_wells(value: object) -> object:
    return _column_or_several(value, "wells", "a column, or a list of the columns of one sample's wells")


def _column_or_items(value: object) -> object:
    return _column_or_several(value, "items", "a column, or a list of the columns of one total's items")


def _file_or_files(value: object) -> object:
    return _column_or_several(value, "files", "a file, or a list of files that are read alike")


def _column_or_several(value: object, kind: Literal["wells", "items", "files"], required: Any) -> object:
    columns = value if isinstance(value, list | tuple) else (value,)
    if not columns or not all(isinstance(column, str) for column in columns):
        raise PydanticCustomError(kind, required)
    stripped = tuple(_stripped(column) for column in columns)
    return stripped[0] if isinstance(value, str) else stripped


Text = Annotated[str, Field(strict=True), AfterValidator(_stripped)]
Code = Annotated[str, Field(strict=True), AfterValidator(str.strip)]
Character = Annotated[str, Field(strict=True, min_length=1, max_length=1)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Pair = Annotated[tuple[Number, ...], Field(min_length=2, max_length=2)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
Position = Annotated[int, Field(strict=True, ge=1)]
DecimalMark = Literal[".", ","]
MARK_NAMES: dict[str, str] = {".": "point", ",": "comma"}
Names = Annotated[tuple[Text, ...], Field(min_length=1)]
Wells = Annotated[str | tuple[str, ...], BeforeValidator(_column_or_wells)]
Parts = Annotated[str | tuple[str, ...], BeforeValidator(_column_or_items)]
Files = Annotated[str | tuple[str, ...], BeforeValidator(_file_or_files)]
Limits = Annotated[tuple[Number, ...], BeforeValidator(_one_or_many)]
