"""What may be cut, and when: each proposes, none acts."""
