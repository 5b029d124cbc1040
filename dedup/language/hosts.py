"""The names of hosts in addresses: of all spellings of one name, the one that people read."""

import unicodedata
from functools import lru_cache

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Characters that browsers drop (UTS 46)."""
_DOTS = dict.fromkeys(map(ord, "。．｡"), ".")


@lru_cache(65536)
def readable_host(host: str) -> str:
    """Return a host in small letters, in its own script instead of `xn--…` (RFC 3492), and without a dot at its end.

    >>> readable_host("WWW.xn--Sd-xka.Example.")
    'www.süd.example'
    """
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host.translate(_UNSEEN).translate(_DOTS))
    return ".".join(_readable_label(label) for label in host.lower().removesuffix(".").split("."))


def _readable_label(label: str) -> str:
    """A part of a host in its own script. One that is no such code is returned as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        found = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    same = found.encode("punycode").decode("ascii") == label[4:] and not found.isascii()
    return found if same and found == unicodedata.normalize("NFKC", found).lower() else label
