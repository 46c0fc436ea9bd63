"""What is kept: the index of sessions; everything in it can be told again from its sources."""
