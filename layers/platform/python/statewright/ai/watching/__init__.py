"""Workflows' hours: what comes next, and what is out of the ordinary."""
