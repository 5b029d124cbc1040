"""Bounds of the server, each with its unit and its reason. No ordinary request reaches them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server accepts, how long it works, and how much it keeps."""

    body: int = 16 << 20
    """Bytes of the body of a request: a long article with pictures in a DOCX has a few."""
    characters: int = 200_000
    """Characters of a draft, or of a document that is added: the longest features of newspapers have a quarter of it."""
    unpacked: int = 64 << 20
    """Bytes that a file may unpack to. An XML parser takes several times as many of memory."""
    pages: int = 200
    """Pages of a PDF."""
    documents: int = 1_000
    """Documents that one request adds: they are one transaction, and other writers wait for it."""
    settings: int = 1_000
    """Items of a list in the settings of a request."""
    head_seconds: float = 10.0
    """How long a client may take to send the head of a request, also of the first one of a connection."""
    body_seconds: float = 30.0
    """How long a client may take to send the body of a request."""
    work_seconds: float = 60.0
    """How long the server works for one request."""
    streamed_seconds: float = 600.0
    """The same for a request whose progress is streamed."""
    write_seconds: float = 30.0
    """How long a write waits for another process that writes to the index."""
    waiting: int = 64
    """Requests that may wait for a thread. The next one is refused: it would wait longer than its client does."""
    connections: int = 1_000
    """Open connections of a worker. The next one is closed at once. Systems often allow a process 1,024 files."""
    guesses: int = 10
    """Wrong tokens that one address may send in a minute."""
    kept_bytes: int = 1 << 30
    """Bytes of all results that are kept."""
    keep_days: int = 30
    """Days for which a result is kept."""
    story_documents: int = 300
    """Documents of which a story is made: those that share most with the one that was asked for."""
    found_documents: int = 50
    """Documents that a search lists."""
    search_seconds: float = 3.0
    """How long a search of the archive runs before it returns what it has."""
