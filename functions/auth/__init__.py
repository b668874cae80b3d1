"""Accounts, sign-in and API keys."""
