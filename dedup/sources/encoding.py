"""Bytes to text, by the WHATWG's Encoding Standard: names of encodings, byte order marks, invalid bytes, lone surrogates.

`dedup.sources.declared` finds which encoding a page or a feed declares. An encoding is called by the standard's name
(`windows-1252`), or by Python's where the standard has none (`cp437`).
"""

import codecs
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from dedup import _native
from dedup.errors import UsageError

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
NAME_ANOTHER = "; if it is in another encoding, name that with --encoding"
"""What such a notice goes on with if nobody named the encoding."""
_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-user-defined": "cp1252",
}
"""By name in the Encoding Standard, Python's decoder, where Python's of the same name is another or does not exist."""
_NOT_ENCODINGS = frozenset({"utf-7", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"})
"""What Python lists among encodings, and no text is stored in, or that depends on the machine."""
_DOUBLE_BYTE = {
    "big5hkscs": re.compile(rb"[\x81-\xfe][\x80-\xff]"),
    "cp932": re.compile(rb"[\x81-\x9f\xe0-\xfc][\x80-\xff]"),
    "cp949": re.compile(rb"[\x81-\xfe][\x80-\xff]"),
    "euc_jp": re.compile(rb"\x8f[\xa1-\xfe][\x80-\xff]|[\x8e\x8f\xa1-\xfe][\x80-\xff]"),
    "gb18030": re.compile(rb"[\x81-\xfe][\x80-\xff]"),
}
"""By decoder, the bytes that are one error together. An ASCII byte after the first byte of a pair is a character of its own."""
_SURE_CHARACTERS, _SURE_SAMPLE = 3, 100_000
"""Characters beyond ASCII that show a text to be UTF-8, and the characters of its start among which they are counted."""
_SNIFFED_BYTES = 4096
"""Bytes at the start of a text that show whether it is UTF-16 without a byte order mark."""
_SCRIPTS = 5
"""High bytes of a text in UTF-16 that is not ideographic: it has letters of one or two scripts, and punctuation."""
MEND, REPLACE = "dedup.mend", "dedup.replace"
"""Names of error handlers: both decode what the Encoding Standard can decode and Python cannot. At what is an error to the
standard, too, the first raises UnicodeDecodeError, and the second gives one U+FFFD."""


class Decoded(NamedTuple):
    """A text, and how many errors its decoding met."""

    text: str
    errors: int = 0
    first: int | None = None
    """The place of the first error, in bytes."""


@lru_cache(256)
def encoding_named(label: str) -> str | None:
    """Return the name of the encoding that `label` means to browsers, or, if it means none to them, to Python; else None.

    >>> encoding_named("latin1"), encoding_named("x-sjis"), encoding_named("cp437"), encoding_named("klingon")
    ('windows-1252', 'shift_jis', 'cp437', None)
    """
    import webencodings  # noqa: PLC0415 most texts are UTF-8

    if len(label) > 100 or not label.isascii():
        return None
    known = webencodings.lookup(label)
    if known and known.name != "replacement":
        return str(known.name)
    try:
        name = codecs.lookup(label.strip()).name
        b"a".decode(name)  # LookupError for what is no encoding of texts, such as base64
    except (LookupError, ValueError):
        return None
    return None if name.replace("_", "-") in _NOT_ENCODINGS else name.removesuffix("-sig")


def check_encoding(label: str) -> None:
    """Raise `UsageError` if `label` names no encoding."""
    if encoding_named(label) is None:
        raise UsageError(f"encoding {label!r}: unknown; use a name such as utf-8, windows-1252, gb18030 or shift_jis")


def codec_of(name: str) -> str:
    """Return the name of Python's decoder for the encoding `name`."""
    return _CODECS.get(name, name)


def encoding_of(head: bytes, fallback: str | None = None) -> str:
    """Return the encoding that the first bytes `head` of a text show.

    That is: what a byte order mark names; else `fallback`, under any of its names, unless the text is clearly UTF-8; else
    UTF-16 if zeros in `head` show it; else `utf-8`.
    """
    if overruled(head, fallback):
        return "utf-8"
    return marked_encoding(head) or (fallback and encoding_named(fallback)) or utf16_without_mark(head) or "utf-8"


def overruled(head: bytes, fallback: str | None) -> str:
    """Return what a notice says if a text whose encoding is said to be `fallback` is clearly UTF-8; "" if it is not."""
    encoding = encoding_named(fallback) if fallback else None
    if encoding in {None, "utf-8"} or marked_encoding(head) or not _is_surely_utf8(head):
        return ""
    return f"valid UTF-8, and read as that, not as {str(encoding).upper()}"


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark at the start of `head` names, if there is one."""
    if head.startswith(UTF8_BOM):
        return "utf-8"
    return next((name for bom, name in _BOMS if head.startswith(bom)), None)


def utf16_without_mark(head: bytes) -> str | None:
    """Return which UTF-16 it is if the zeros in `head` are those of UTF-16; else None.

    The high byte of a space, a digit or a Latin letter is zero, so that the zeros are all on one side of the pairs of bytes.
    """
    sample = head[: min(_SNIFFED_BYTES, len(head) // 2 * 2)]
    zeros = sample.count(0)
    if zeros < 2 or zeros * 100 < len(sample) or 0 < sample[::2].count(0) < zeros:
        return None
    name, high = ("utf-16le", sample[1::2]) if sample[0::2].count(0) == 0 else ("utf-16be", sample[::2])
    # ASCII with a few zeros in it: its letters would be high bytes, and of many scripts.
    if zeros * 10 < len(sample) and sample.isascii() and len(set(high)) > _SCRIPTS:
        return None
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else name


def invalid_bytes(encoding: str, first: int | None = None, count: int = 1) -> str:
    """Return what a notice says of bytes that are not valid in `encoding`.

    `first` is the place of the first one, if known, and `count` how many errors there are.
    """
    if count > 1:
        start = "" if first is None else f", the first at byte {first}"
        return f"bytes at {count:,} places are not valid {encoding.upper()}{start}"
    return f"{'a byte' if first is None else f'byte {first}'} is not valid {encoding.upper()}"


def decode_as(data: bytes, name: str) -> Decoded:
    """Return `data` as text in the encoding `name`, with one U+FFFD for each error, as the Encoding Standard counts them."""
    codec = codec_of(name)
    try:
        return Decoded(data.decode(codec, MEND))
    except UnicodeDecodeError as error:
        first = error.start
    text = data.decode(codec, REPLACE)
    return Decoded(text, max(1, text.count("\ufffd") - (data.count(b"\xef\xbf\xbd") if codec == "utf-8" else 0)), first)


def decode(data: bytes, warn: Callable[[str, str], None], fallback: str | None = None) -> str:
    """Return `data` as text, in the encoding that `encoding_of` returns for it.

    Each error becomes one U+FFFD. `warn` gets the code and the message of a notice about them, about UTF-16 without a byte
    order mark, and about NUL characters.
    """
    marked = marked_encoding(data)
    encoding = encoding_of(data, fallback)
    if message := overruled(data, fallback):
        warn("guessed-encoding", message)
    text, errors, first = decode_as(data, encoding)
    if errors:
        way_out = "" if marked or fallback else NAME_ANOTHER
        warn("invalid-encoding", f"{invalid_bytes(encoding, first, errors)}; {READ_AS_U_FFFD}{way_out}")
    if not marked and not fallback and encoding != "utf-8":
        warn("guessed-encoding", guessed_utf16(encoding))
    if "\0" in text:
        warn("nul-bytes", f"NUL at character {text.index(chr(0))}; the text is read as it is, but is this a text file?")
    return text


def _is_surely_utf8(data: bytes) -> bool:
    """Return whether `data`, which may be cut off, is UTF-8 with so many characters beyond ASCII that this is no chance.

    One or two can be: the bytes of "é" in UTF-8 are also a character of GBK. Of the characters that are common in GBK, one
    in ten has the bytes of a character in UTF-8; of those in windows-1252, far fewer.
    """
    if data.isascii():
        return False
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return sum(not char.isascii() for char in text[:_SURE_SAMPLE]) >= _SURE_CHARACTERS


def guessed_utf16(encoding: str) -> str:
    """Return what a notice says of a text that `utf16_without_mark` takes for UTF-16."""
    return f"no byte order mark, but zeros as in {encoding.upper()}; it is read as that"


def _mend(error: UnicodeError) -> tuple[str, int]:
    """The error handler `MEND`."""
    found = _mended(error) if isinstance(error, UnicodeDecodeError) else None
    if found is None:
        raise error
    return found


def _replace(error: UnicodeError) -> tuple[str, int]:
    """The error handler `REPLACE`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if found := _mended(error):
        return found
    pattern = _DOUBLE_BYTE.get(error.encoding)
    pair = pattern.match(error.object, error.start) if pattern else None
    return "\ufffd", pair.end() if pair else error.end


def _mended(error: UnicodeDecodeError) -> tuple[str, int] | None:
    """The character at an error of Python's decoder, and where it ends, if the Encoding Standard has one there."""
    codec, data, start = error.encoding, error.object, error.start
    if codec == "charmap" and 0x80 <= data[start] < 0xA0:
        return chr(data[start]), start + 1  # windows-125x and -874 have a control character where nothing else is
    if codec == "gb18030" and data[start] == 0x80:
        return "€", start + 1
    pair = data[start : start + 2]
    if codec == "euc_jp" or codec.startswith("iso2022_jp"):
        pair, other = _shift_jis(bytes(byte & 0x7F for byte in pair)), "cp932"  # signs of Windows, such as ① and ㈱
    elif codec == "big5hkscs":
        other = "cp950"
    else:
        return None
    if len(pair) < 2:
        return None
    try:
        found = pair.decode(other)
    except UnicodeDecodeError:
        return None
    return (found, start + 2) if len(found) == 1 else None


def _shift_jis(pair: bytes) -> bytes:
    """A pair of bytes of JIS X 0208, each from 0x21 to 0x7E, as Shift_JIS writes it; nothing if it is no such pair."""
    if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
        return b""
    row, cell = pair[0] - 0x21, pair[1] - 0x21
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + (0x9F if row % 2 else 0x40 if cell < 63 else 0x41)
    return bytes((lead, trail))


codecs.register_error(MEND, _mend)
codecs.register_error(REPLACE, _replace)


def is_readable(text: str) -> bool:
    """Whether what was decoded is a text: it has letters or digits, no NUL, and few characters that could not be read."""
    return "\0" not in text and text.count("\ufffd") * 10 <= len(text) and any(map(str.isalnum, text))


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
