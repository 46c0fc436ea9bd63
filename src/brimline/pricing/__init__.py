"""What calls cost and how large a model's window is: a dated table, read from a file of ours.

The table is generated from genai-prices by `make prices`; `docs/decisions/0004-prices.md` says what it
holds, where it differs from other price lists, and what it does not know.
"""

from brimline.pricing.table import Price, PriceTable, Rates, price
from brimline.pricing.windows import window_sizes, window_tokens

__all__ = ["Price", "PriceTable", "Rates", "price", "window_sizes", "window_tokens"]
