"""Actions that compiled workflows call."""
