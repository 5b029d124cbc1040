"""What is known of the press."""
