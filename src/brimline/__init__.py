"""brimline keeps the context window of an AI agent under its line."""

__all__ = ["__version__"]

__version__ = "0.1.0"
