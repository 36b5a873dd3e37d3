"""Measures how near the product comes to the best hand-written SQL; `python -m bench`, see `README.md`.

Each work is done by both in turn, on the same rows, in one run: on a busy machine only ratios mean something. What
was done is compared row by row, because a fast wrong run has failed.
"""
