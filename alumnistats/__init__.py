"""Recover what a published ranking rests on, and judge what it can support."""

__version__ = "0.1.0"
