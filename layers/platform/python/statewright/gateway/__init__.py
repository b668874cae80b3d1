"""What stands in front of every endpoint: CORS, repeated requests, limits, documentation."""
