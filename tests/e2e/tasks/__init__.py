"""Human tasks against a real server and a real database."""
