"""Documents kept in one file, and asked."""
