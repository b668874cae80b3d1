"""Webhooks out: a workspace's endpoints hear of what happens on the platform."""
