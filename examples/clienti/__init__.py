"""*Clienti*, a marketing agency."""
