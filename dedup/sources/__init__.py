"""Stage 1: paths to documents."""
