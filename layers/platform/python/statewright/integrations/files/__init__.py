"""A workspace's files, and what is in them."""
