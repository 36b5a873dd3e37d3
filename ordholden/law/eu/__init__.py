"""Facts of Union law."""
