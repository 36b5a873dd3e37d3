"""Numbers that Denmark gives: people (`cpr`) and companies (`cvr`)."""
