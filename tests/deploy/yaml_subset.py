"""Reads the part of YAML that compose.yaml uses, and refuses everything else: maps and lists by indentation, one-line
lists, plain and double-quoted texts, comments; numbers stay texts. No package of ours reads YAML, and one file does not
need one.
"""

import json
import re

KEY = re.compile(r"([\w.-]+):(?: +(.*))?")
PLAIN = re.compile(r"[^\s\"'\[\]{}#&*!|>%@`,](?:[^#\"]*[^\s#\",:])?")


def read(text: str):
    """Raises ValueError with the line that is not understood."""
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if line:
            lines.append((number, len(line) - len(line.lstrip()), line.strip()))
    value, rest = _block(lines, 0)
    if rest:
        raise ValueError(f"line {rest[0][0]}: {rest[0][2]}")
    return value


def _block(lines, indent):
    if not lines or lines[0][1] != indent:
        return None, lines
    if lines[0][2].startswith("- "):
        items = []
        while lines and lines[0][1] == indent and lines[0][2].startswith("- "):
            items.append(_scalar(lines[0][2][2:], lines[0][0]))
            lines = lines[1:]
        return items, lines
    found = {}
    while lines and lines[0][1] == indent:
        number, _, line = lines[0]
        match = KEY.fullmatch(line)
        if not match or match[1] in found:
            raise ValueError(f"line {number}: {line}")
        lines = lines[1:]
        if match[2] is None:
            found[match[1]], lines = _block(lines, lines[0][1] if lines and lines[0][1] > indent else -1)
        else:
            found[match[1]] = _scalar(match[2], number)
    return found, lines


def _scalar(text, number):
    if text.startswith('"'):
        return json.loads(text)
    if text.startswith("[") and text.endswith("]"):
        parts = re.findall(r'"(?:[^"\\]|\\.)*"|[^,\[\]"\s][^,\[\]"]*', text[1:-1])
        if re.sub(r"[\s,]", "", text[1:-1]) != re.sub(r"[\s,]", "", "".join(parts)):
            raise ValueError(f"line {number}: {text}")
        return [_scalar(part.strip(), number) for part in parts]
    if text in {"true", "false"}:
        return text == "true"
    if text.startswith("${") or PLAIN.fullmatch(text):
        return text
    raise ValueError(f"line {number}: {text}")
