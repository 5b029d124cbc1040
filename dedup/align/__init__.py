"""Stage 6: pairs of documents to alignments, and alignments to matches."""
