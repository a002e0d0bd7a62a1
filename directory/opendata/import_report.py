"""What became of a file that was read in, for the person who did it."""

from dataclasses import dataclass, field


@dataclass
class Report:
    offers: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    saved: bool = False

    def __str__(self):
        parts = {
            "Als Entwurf angelegt": self.offers,
            "Akteure angelegt": self.organizations,
            "Übersprungen": self.skipped,
            "Nicht übernommen": self.left_out,
            "Fehler": self.errors,
        }
        lines = [line for title, texts in parts.items() for line in (f"{title}: {len(texts)}", *indented(texts))]
        return "\n".join([*lines, "", "Gespeichert." if self.saved else "Nichts gespeichert."])


def indented(texts: list[str]) -> list[str]:
    return [f"  {text}" for text in texts]
