"""Counting text: exact where a model's tokenizer is known, estimated and saying so where it is not."""

from brimline.tokenizers.models import tokenizer_for

__all__ = ["tokenizer_for"]
