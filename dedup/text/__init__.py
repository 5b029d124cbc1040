"""Stage 2: documents to paragraphs and tokens."""
