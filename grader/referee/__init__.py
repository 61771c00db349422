"""What a network may be, and the networks that are built from descriptions."""
