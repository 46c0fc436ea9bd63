"""The outside world: Sources that read it and Appliers that act on it."""
