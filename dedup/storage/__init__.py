"""Files that are kept between runs."""
