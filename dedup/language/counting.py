"""Numbers together with the noun that they count."""


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return `number`, with thousands separators, and its noun; `plural` defaults to `singular` with an s.

    >>> counted(1, "tree"), counted(2_000, "tree"), counted(0, "match", "matches")
    ('1 tree', '2,000 trees', '0 matches')
    """
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}"
