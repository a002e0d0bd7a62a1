"""Offers as JSON Lines: the public record itself, one offer a line."""

import json

FILE = "angebote.jsonl"
CONTENT_TYPE = "application/jsonl; charset=utf-8"
LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}  # some readers break lines there


def line(offer: dict) -> bytes:
    return (json.dumps(offer, ensure_ascii=False).translate(LINE_ENDS) + "\n").encode()
