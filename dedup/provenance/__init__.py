"""Stage 8: who copied whom."""
