"""ordholden: a personal data policy that is kept, and proof that it is."""

__version__ = "0.1.0"
