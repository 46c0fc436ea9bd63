"""The command line."""

from brimline.surfaces.cli.program import main

__all__ = ["main"]
