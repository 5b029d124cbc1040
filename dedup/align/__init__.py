"""Stage 6: pairs of documents to matches."""
