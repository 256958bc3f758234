"""During decoration: a home's project with its stages, a report each month, and what its owner says of that."""
