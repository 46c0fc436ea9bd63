"""The command line."""

from brimline.surfaces.cli.quick import main

__all__ = ["main"]
