from contact.codenames import ADJECTIVES, FORMS, NOUNS, new_codename

# what a caller must not have to say aloud, whatever is added to the lists later
NEVER = """Arsch Braun Blöd Blut Bombe Dick Doof Dumm Dreck Fett Feuer Führer Galgen Gas Geil Gewehr Gift Grab Heil Hexe
    Hitler Hure Hund Jude Kanone Krank Krieg Kreuz Lager Leiche Messer Mohr Mord Nackt Nazi Neger Pistole Ratte Sarg
    Sau Schwarz Schwein Strick Tod Tot Ziege Zigeuner""".split()


def test_every_codename_is_an_adjective_with_the_ending_of_its_noun():
    genders = {noun: ending for ending, nouns in FORMS.items() for noun in nouns.split()}

    wrong = []
    for _ in range(3000):
        adjective, noun = new_codename().split(" ")
        if adjective not in [f"{stem}{genders[noun]}" for stem in ADJECTIVES]:
            wrong.append(f"{adjective} {noun}")
    assert wrong == []


def test_endings_are_those_of_german_grammar():
    forms = dict(NOUNS)

    assert [forms[noun] for noun in ("Leuchtturm", "Brücke", "Boot")] == ["er", "e", "es"]
    assert [stem for stem in ADJECTIVES if stem == "Hoch" or stem.endswith(("el", "a"))] == []  # dunkel, rosa


def test_no_noun_stands_twice_and_none_is_long_or_hard_to_say():
    names = [noun for noun, _ in NOUNS]

    assert sorted(names) == sorted(set(names))
    assert [word for word in names + ADJECTIVES if not word.isalpha() or len(word) > 12 or word.title() != word] == []


def test_there_are_enough_names_for_all_open_requests():
    assert len(ADJECTIVES) * len(NOUNS) > 700


def test_no_name_is_offensive():
    pairs = [f"{adjective}{ending} {noun}" for adjective in ADJECTIVES for noun, ending in NOUNS]

    assert [pair for pair in pairs for word in NEVER if word.lower() in pair.lower()] == []


def test_names_fit_their_column():
    assert max(len(f"{adjective}{ending} {noun}") for adjective in ADJECTIVES for noun, ending in NOUNS) <= 40
