"""Stage 9: a draft's passages, judged."""
