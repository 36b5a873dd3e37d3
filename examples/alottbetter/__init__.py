"""*ALOTTbetter*, internship programmes."""
