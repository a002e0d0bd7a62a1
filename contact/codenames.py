"""Names that staff and visitors can say aloud: neutral, easy to hear on the phone, and no secret."""

import secrets

FORMS = {  # ending of the adjective by the noun's gender
    "er": "Leuchtturm Kirschbaum Bleistift Drachen Wanderweg Teich Würfel Garten Rucksack Kompass Regenschirm Brunnen",
    "e": "Brücke Laterne Muschel Glocke Feder Tasse Wolke Insel Mühle Birne Gitarre Treppe Ampel Linde",
    "es": "Boot Fenster Fahrrad Segel Blatt Haus Kissen Schiff Zelt Buch Rad Tuch Glas Klavier",
}
ADJECTIVES = (
    "Blau Grün Gelb Weiß Rot Bunt Hell Klein Groß Neu Leicht Rund Still Warm Frisch Munter Schnell Glatt".split()
)
NOUNS = [(noun, ending) for ending, nouns in FORMS.items() for noun in nouns.split()]


def new_codename() -> str:
    """ "Blauer Leuchtturm" """
    noun, ending = secrets.choice(NOUNS)
    return f"{secrets.choice(ADJECTIVES)}{ending} {noun}"
