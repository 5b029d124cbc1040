"""Stage 7, second part: what kind of text two documents share: narration, quotation, phrase or furniture."""
