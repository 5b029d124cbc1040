"""How a fuzzer changes bytes and JSON: deterministic, from a `random.Random` that the caller seeds."""

import random
from typing import Any

NUMBERS = (0, 1, -1, 2, 7, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64)
"""Whole numbers at the limits of types."""
ODD: tuple[Any, ...] = (None, True, False, "", "x", "\x00", "\ud800", "\u202e", [], {}, [None], {"": None}, 1e308, -1e308, 0.5)
"""Values of other types than expected."""


def bytes_of(data: bytes, draw: random.Random) -> bytes:
    """Return `data` with one to four changes: a bit flipped, a piece cut, repeated, moved, zeroed or drawn, the end cut off."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        if not changed:
            return b""
        at = draw.randrange(len(changed))
        size = draw.choice((1, 2, 8, 64, 4096))
        kind = draw.randrange(7)
        if kind == 0:
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[at : at + size]
        elif kind == 2:
            changed[at:at] = changed[at : at + size]
        elif kind == 3:
            other = draw.randrange(len(changed))
            changed[at : at + size] = changed[other : other + size]
        elif kind == 4:
            changed[at : at + size] = bytes(len(changed[at : at + size]))
        elif kind == 5:
            changed[at : at + size] = draw.randbytes(len(changed[at : at + size]))
        else:
            del changed[at:]
    return bytes(changed)


def json_of(value: Any, draw: random.Random) -> Any:
    """Return plain data with one place changed: another number or type, a part missing, or one twice."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        name = draw.choice(sorted(value))
        if draw.random() < 0.1:
            return {key: one for key, one in value.items() if key != name}
        return {**value, name: json_of(value[name], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        at = draw.randrange(len(value))
        if draw.random() < 0.1:
            return value[:at] + value[at + 1 :]
        if draw.random() < 0.1:
            return [*value, value[at]]
        return [*value[:at], json_of(value[at], draw), *value[at + 1 :]]
    if isinstance(value, str) and draw.random() < 0.5:
        return value[: draw.randrange(len(value) + 1)] + draw.choice(("", "\x00", "é", "\ud800", "#", "9" * 30))
    if isinstance(value, int | float) and draw.random() < 0.7:
        return draw.choice((*NUMBERS, value + 1, value - 1, -value))
    return draw.choice(ODD)
