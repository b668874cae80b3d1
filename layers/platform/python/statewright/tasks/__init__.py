"""Human tasks: a workflow asks people, they decide or fill in a form, and it goes on with that."""
