"""Counts in English sentences: "1 sentence", "2 sentences"."""


def inflected(number: int, singular: str, plural: str | None = None) -> str:
    """Return `singular` if `number` is 1, else `plural`, which is the singular with an s unless it is given.

    >>> inflected(1, "has", "have"), inflected(0, "has", "have")
    ('has', 'have')
    """
    return singular if number == 1 else singular + "s" if plural is None else plural


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return `number`, with commas between thousands, and the noun in the form that goes with it.

    >>> counted(1, "sentence"), counted(1200, "copy", "copies")
    ('1 sentence', '1,200 copies')
    """
    return f"{number:,} {inflected(number, singular, plural)}"
