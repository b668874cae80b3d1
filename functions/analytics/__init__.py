"""Entry points of analytics."""
