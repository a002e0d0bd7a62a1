"""How answers are compressed for those who take it that way."""

import gzip
from collections.abc import Collection
from functools import lru_cache, partial

import brotli

PACKERS = {  # encoding → what packs bytes; the best first; quick settings, because a visitor waits
    "br": partial(brotli.compress, quality=5, mode=brotli.MODE_TEXT),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


@lru_cache(maxsize=256)
def best_encoding(header: str, offered: Collection[str] = tuple(PACKERS)) -> str:
    """The first of `offered` that an Accept-Encoding header takes, "" for none (RFC 9110, 12.5.3)."""
    taken = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = weight.replace(" ", "").rstrip("0") not in ("q=", "q=0.")
    return next((name for name in offered if taken.get(name, taken.get("*", False))), "")
