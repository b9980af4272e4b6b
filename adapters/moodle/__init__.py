"""Moodle as a target: competency frameworks, learning plan templates, completions."""

from adapters.moodle.adapter import adapter

__all__ = ["adapter"]
