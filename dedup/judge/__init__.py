"""Stage 9: the passages of a draft that occur elsewhere, each with one judgement. `passages.judge` is the entry."""
