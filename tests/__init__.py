"""Tests mirror the house: tests/<room>/test_<file>.py. A name is a claim."""
