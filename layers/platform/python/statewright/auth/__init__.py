"""Accounts, sign-in, API keys and roles."""
