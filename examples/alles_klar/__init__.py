"""Alles-klar: translation and interpreting."""
