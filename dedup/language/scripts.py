"""Scripts that put no space between words."""

import re

UNSPACED_LETTERS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Letters of Chinese, Japanese and Korean, as a range of a set of signs. Korean has spaces, but writes particles with names."""
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}]")
