"""Stage 10: results to what people and programs read. One file a format; `formats` lists them all."""
