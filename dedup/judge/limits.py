"""The limits of a check: the judgements, or the number of words, from which a draft fails."""

import re

from dedup.errors import UsageError
from dedup.types import JUDGEMENT_KINDS, LIMITS, Checked

_WHOLE = 100
"""Percent of a draft that its passages hold at most."""
_AMOUNT = re.compile(r"(\d{1,3})%|(\d{1,6})w")


def check_limit(limit: str) -> None:
    """Raise UsageError unless `limit` is a named limit, a share such as `20%`, or a number of words such as `30w`."""
    amount = _AMOUNT.fullmatch(limit) if isinstance(limit, str) and limit not in LIMITS else None
    known = limit in LIMITS or (amount is not None and int(amount[1] or amount[2]) > 0 and int(amount[1] or 0) <= _WHOLE)
    if not known:
        named = ", ".join(LIMITS)
        raise UsageError(f"limit {limit!r} (--fail-on): use {named}, a share such as 20%, or a number of words such as 30w")


def reached(checked: Checked, limit: str) -> bool:
    """Return whether `checked` reaches `limit`. UsageError as `check_limit`."""
    check_limit(limit)
    if limit in LIMITS:
        included = LIMITS[: LIMITS.index(limit) + 1]
        return any(passage.kind.limit in included for passage in checked.passages)
    share = sum(part for name, part in checked.shared.items() if JUDGEMENT_KINDS[name].level != "note")
    if share == 0:
        return False
    least = int(limit[:-1])
    return share * 100 >= least if limit.endswith("%") else round(share * checked.words) >= least
