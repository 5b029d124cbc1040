"""Stage 5: which places of which documents are aligned."""
