"""Stages 3 and 4: shingles, signatures and pairs that are nearly alike."""
