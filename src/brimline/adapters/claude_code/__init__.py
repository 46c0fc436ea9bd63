"""Claude Code on disk: its folders, its transcripts, and what they say of the window."""
