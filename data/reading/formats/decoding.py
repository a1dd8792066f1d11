"""The text of a text file, in the encoding declared or marked at its beginning."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.specification.files import FileTable

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_CODECS_OF_MARK = {
    "utf-8": ("utf-8", "utf-8-sig"),
    "utf-16": ("utf-16", "utf-16-le", "utf-16-be"),
    "utf-32": ("utf-32", "utf-32-le", "utf-32-be"),
}


@dataclass(frozen=True)
class Decoded:
    """A text, the encoding it was read in, and what the user should know about that.

    Attributes
    ----------
    text : str
        The text, without a byte order mark.
    encoding : str
        Encoding as declared, or as marked in the file.
    notices : tuple of Notice
        An encoding found from the mark.
    codec : str
        The same by its standard name.
    misread : bool
        Whether another encoding than UTF-8 is declared although the bytes are UTF-8, and not only ASCII.
    """

    text: str
    encoding: str
    notices: tuple[Notice, ...]
    codec: str
    misread: bool


def decode(file: str, content: bytes, data: FileTable) -> Decoded:
    """Decode the bytes of a text file.

    Parameters
    ----------
    file : str
        Name of the file.
    content : bytes
        The file.
    data : FileTable
        What is declared of it: its encoding.

    Returns
    -------
    Decoded

    Raises
    ------
    InputError
        When the encoding is unknown, contradicts the mark of the file, or does not fit the bytes.
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    encoding, heading = data.encoding, data.heading
    codec = _codec(file, data)
    notices: list[Notice] = []
    if marked is not None and codec not in _CODECS_OF_MARK[marked]:
        if codec != "utf-8":
            required, action = f"the encoding {marked} of the file", f'write encoding = "{marked}" under {heading}'
            found = f"'{encoding}' declared for a file that begins with the mark of {marked.upper()}"
            raise InputError([Fault(file, 1, None, required, found, action)])
        message = f"the file begins with the mark of {marked.upper()} and was read in that encoding"
        notices.append(Notice(file, None, message))
        encoding = codec = marked
    try:
        text = content.decode("utf-8-sig" if codec == "utf-8" else codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        found = f"the byte 0x{error.object[error.start]:02x} (byte {error.start + 1} of the file)"
        action = 'give the encoding the file was saved in, such as encoding = "latin-1" or "cp1252", under '
        action += heading
        row = before.count(b"\n") + 1
        raise InputError([Fault(file, row, None, f"text in the encoding {encoding}", found, action)]) from None
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        action = f'give the encoding, such as encoding = "utf-16-le", under {heading}, or the suffix of the file\'s '
        action += "format"
        raise InputError([Fault(file, row, None, f"text in the encoding {encoding}", "a byte of zero", action)])
    return Decoded(text, encoding, tuple(notices), codec, _is_misread(content, codec))


def misread_notice(file: str, decoded: Decoded, texts: Iterable[str], heading: str) -> Notice:
    """Say that a file seems to be UTF-8, with an example where one may be shown.

    Parameters
    ----------
    file : str
        Name of the file.
    decoded : Decoded
        Its text, `misread`.
    texts : iterable of str
        Texts of the file that may be shown.
    heading : str
        Of the table of the study file that describes the file.

    Returns
    -------
    Notice
    """
    message = f"the file is read as {decoded.encoding}, as declared, but is valid UTF-8"
    words = (word for text in texts for word in re.split(r"[ \t]+", text) if not word.isascii())
    examples = ((word, word.encode(decoded.codec).decode("utf-8", errors="replace")) for word in words)
    example = next(((wrong, right) for wrong, right in examples if "\ufffd" not in right), None)
    if example is not None:
        message += f": '{example[0]}' would be '{example[1]}'. If that is the right spelling, "
    else:
        message += "; no declared column has an example. If it is UTF-8, "
    return Notice(file, None, f'{message}write encoding = "utf-8" under {heading}')


def _codec(file: str, data: FileTable) -> str:
    try:
        codec = codecs.lookup(data.encoding)
        "".encode(codec.name)
        return codec.name
    except LookupError:
        required, action = f"a known encoding in {data.heading} encoding", "use for instance utf-8, latin-1 or cp1252"
        raise InputError([Fault(file, None, None, required, f"'{data.encoding}'", action)]) from None


def _is_misread(content: bytes, codec: str) -> bool:
    if content.isascii() or codec.startswith(("utf-8", "utf-16", "utf-32")):
        return False
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
