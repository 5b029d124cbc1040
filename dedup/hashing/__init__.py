"""Stages 3 and 4: shingles, MinHash signatures, and pairs of texts with similar signatures."""
