"""Sixty-one attacks and faults, and what proves that each of them fails. docs/threat-model.md says why they matter."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (Path(__file__).parent / "numbers.txt").read_text(encoding="utf-8")
LINE = re.compile(r"(\d+) \| ([^|]+) \| (.+)")
ROWS = [LINE.fullmatch(line).groups() for line in TABLE.splitlines() if line and not line.startswith("#")]


def test_all_sixty_one_are_accounted_for():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 62))


def test_every_proof_is_there():
    """A proof is a test (file::name) or a section of a document (docs/file.md#heading)."""
    missing = []
    for number, _, proofs in ROWS:
        for proof in proofs.split(", "):
            path, _, name = re.split(r"(::|#)", proof)
            text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
            wanted = f"def {name}(" if path.endswith(".py") else f"# {name}\n"
            if wanted not in text:
                missing.append((number, proof))
    assert missing == []
