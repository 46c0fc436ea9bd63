"""What a text is, and how to say it in fewer tokens: pure functions over strings, one module a type."""
