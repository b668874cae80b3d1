"""Connectors: typed operations of other systems, and what calls them."""
