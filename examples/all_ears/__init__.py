"""All Ears TM: telemarketing for many controllers."""
