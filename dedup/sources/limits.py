"""Bounds on input, each with its unit and its reason.

They protect the machine from files that are damaged or hostile, and no ordinary file reaches them. The two bounds that an
ordinary large file can reach are `Reading.ratio` and `Reading.size` in `dedup.params`: users set them.
"""

HEAD_BYTES = 1 << 16
"""Bytes at the start of a file by which its format is recognised: enough for the first record of nearly any file."""
MEMORY_BYTES = 1 << 26
"""Bytes of a stream that are held in memory, not on disk, where a format needs random access and the stream has none."""
PART_BYTES = 1 << 20
"""Bytes that are asked for at once: a reader of a small file must not ask for memory for the largest one."""
FREE_BYTES = 1 << 26
"""Bytes that a compressed file may always unpack to: below this, `Reading.ratio` does not matter to memory."""
NESTED_FILES = 5
"""Levels of files within files: a text in a tar.gz in a ZIP archive has 4. Only archives made to harm have more."""

TEXT_BYTES = 1 << 30
"""Bytes of a plain text, which is held in memory as one document. A device such as /dev/zero never ends."""
PAGE_BYTES = 1 << 25
"""Bytes of a web page. Parsing takes many times as much memory, and no news page comes near."""
FEED_BYTES = 1 << 28
"""Bytes of a feed, which feedparser holds in memory as a whole."""
JSON_DEPTH = 200
"""Brackets within brackets in JSON. No export of articles has as many, and far deeper values exhaust Python's stack."""

CSV_RECORD_CHARACTERS = 1 << 24
"""Characters of a CSV record of several lines. In a longer one, the opening quotation mark was probably never closed."""
CSV_FREE_CHARACTERS = 1 << 22
"""Characters of a CSV file that are added to its own before `CSV_REREADS` is applied, so that small files never reach it."""
CSV_REREADS = 4
"""How many times the characters of a CSV file may be read again in total, in search of closing quotation marks: this keeps the
time linear."""

LIST_LINES = 100
"""Lines at the start of a large text file that decide whether it is a list of paths."""
PATH_CHARACTERS = 4096
"""Characters of a path (PATH_MAX of Linux); a longer line in a text file names no file."""
NOTICES_LISTED = 10
"""Notices of one code about one path that are listed; the rest are counted."""
