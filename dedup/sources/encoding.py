"""Bytes to text: byte order marks, invalid bytes, and lone surrogates."""

import codecs
import re
from collections.abc import Callable

from dedup import _native

BOM = "\ufeff"
"""The byte order mark, as a character."""
UTF8_BOM = codecs.BOM_UTF8
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 comes first: its little-endian mark starts with that of UTF-16."""
_SURROGATE = re.compile("[\ud800-\udfff]")
READ_AS_U_FFFD = "invalid bytes are read as U+FFFD"
"""What a notice says of the bytes that `invalid_bytes` names, if the text is read all the same."""


def encoding_of(head: bytes) -> str:
    """Return the encoding that a byte order mark at the start of `head` names, else `utf-8`."""
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def invalid_bytes(encoding: str, first: int | None = None) -> str:
    """Return what a notice says of bytes that are not valid in `encoding`; `first` is the place of the first one, if known."""
    return f"{'a byte' if first is None else f'byte {first}'} is not valid {encoding.upper()}"


def decode(data: bytes, warn: Callable[[str, str], None]) -> str:
    """Return `data` as text: UTF-16 or UTF-32 if it starts with their byte order mark, else UTF-8.

    Invalid bytes become U+FFFD. `warn` gets the code and the message of a notice about them, and about NUL characters.
    """
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        warn("invalid-encoding", f"{invalid_bytes(encoding, error.start)}; {READ_AS_U_FFFD}")
        text = data.decode(encoding, "replace")
    if "\0" in text:
        warn("nul-bytes", f"NUL at character {text.index(chr(0))}; the text is read as it is, but is this a text file?")
    return text


def is_binary(text: str) -> bool:
    """Whether what was decoded is no text: it has NUL characters, or one character in ten or more could not be read."""
    return "\0" in text or text.count("\ufffd") * 10 > len(text)


def escape_undecodable(name: str) -> str:
    r"""Return a file name as text: a byte of it that is no UTF-8, which Python holds as a lone surrogate, as `\xfc`."""
    if name.isascii() or _native.encodable(name):
        return name
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that no file name gives
        data = name.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "backslashreplace")


def replace_surrogates(text: str) -> str:
    """Return `text` with one U+FFFD for each lone surrogate, which UTF-8 cannot hold."""
    # Encoding the text in Rust is far faster than a search for surrogates, which are rare. Python keeps the UTF-8 that this
    # makes, so that later kernels get it for free.
    return text if text.isascii() or _native.encodable(text) else _SURROGATE.sub("\ufffd", text)
