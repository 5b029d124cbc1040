"""Stage 10: a report to what people and programs read. Every view is made from the report alone."""
