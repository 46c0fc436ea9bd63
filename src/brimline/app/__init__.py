"""The use cases: the only floor that knows who is who."""
