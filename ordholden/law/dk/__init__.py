"""What Danish law says."""
