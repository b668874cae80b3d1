"""Definitions, their compilation to the States Language, versions, triggers and executions."""
