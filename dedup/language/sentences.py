"""Signs that end a sentence, and signs that adjoin its last or first word."""

import re

from dedup.language.quotes import CLOSING, OPENING

ENDERS = ".!?…。！？؟।"
"""Signs that end a sentence."""
CLOSERS = CLOSING + ")]"
"""Signs that may follow an ender and still belong to the sentence."""
OPENERS = OPENING + "([¿¡"
"""Signs that may precede the first word of a sentence."""
END = rf"[{ENDERS}]+[{re.escape(CLOSERS)}]*"
"""Pattern of the signs at the end of a sentence."""
