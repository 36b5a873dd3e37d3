"""One file for each right: it exports `RIGHT`, which says what the right is, how it is decided and carried out."""
