"""Databases of a workspace's own: queries with parameters, limits, schemas."""
