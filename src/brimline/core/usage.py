"""What one model call used, as the provider reported it."""

from typing import NamedTuple


class Usage(NamedTuple):
    """Token figures of one call, each >= 0.

    `input_tokens` holds only what was neither read from nor written to the prompt cache, as
    Anthropic's API reports it (OpenTelemetry's figure of the same name includes both).
    """

    input_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0

    @property
    def cache_write_tokens(self) -> int:
        """Tokens written to the prompt cache, whatever their lifetime."""
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def window_tokens(self) -> int:
        """Tokens the call held in its window: input, cache writes and cache reads (no output)."""
        return self.input_tokens + self.cache_write_tokens + self.cache_read_tokens
