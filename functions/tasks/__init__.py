"""Entry points of human tasks."""
