"""The names of the orders in which views show what they list."""

ORDERS: dict[str, tuple[str, ...]] = {
    "scan": ("spread", "documents", "words", "time"),
    "tree": ("size", "time"),
    "sources": ("size", "origins", "time"),
    "outlets": ("articles", "original", "copied", "started", "carried", "lag", "name"),
}
"""By kind of result; the first is the default."""
