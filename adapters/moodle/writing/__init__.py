"""Writes of each kind, turned into calls and their answers into outcomes."""
