"""manage.py confirmation_round: who is asked, who is reminded, and that nobody gets a mail twice."""

import re
import smtplib
from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from directory.monitoring import confirmations, invitations
from directory.monitoring.models import ConfirmationRound, Invitation, PartnerContact
from tests.factories import make_offer
from tests.monitoring.factories import make_invitation, make_partner, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FIRST, REMINDER = (f"{kind}Stimmen Ihre Angaben im Wegweiser der starken Stelle?" for kind in ("", "Erinnerung: "))
TEXT = """\
Guten Tag,

der Wegweiser der starken Stelle zeigt Menschen in der Kommunalpolitik, wer ihnen bei Anfeindungen hilft. Wer dort \
anruft, soll auch jemanden erreichen. Von Recht & Rat "Nord" stehen darin:

- Recht & Rat "Nord" 0
- Recht & Rat "Nord" 1

Stimmen die Angaben noch? Das sagen Sie uns hier, ohne Konto und ohne Kennwort:

http://testserver/bestaetigen/{token}/

Wenn alles stimmt, genügt ein Klick auf „Alle Angaben stimmen“. Bitte antworten Sie bis zum 22. Dezember 2026. Danach \
steht bei Ihren Angaben, dass sie nicht bestätigt sind.

Der Link gehört zu Ihrer Einrichtung. Sie können ihn im Haus weitergeben, aber bitte nicht veröffentlichen. Bei Fragen \
antworten Sie einfach auf diese E-Mail.

Sie möchten solche Anfragen nicht mehr bekommen?
http://testserver/bestaetigen/{token}/abmelden/

Testbetrieb
test@example.org
"""
AGAIN = """\
vor einiger Zeit haben wir Sie gefragt, ob Ihre Angaben bei uns stimmen. Eine Antwort haben wir noch nicht.

Der Wegweiser"""


def run(*arguments):
    output = StringIO()
    call_command("confirmation_round", *arguments, stdout=output)
    return output.getvalue()


def sent():
    """[(to, subject)] since the last look."""
    found = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


# ---- the mails ----
def test_round_asks_with_a_mail_that_says_it_all():
    organization = make_partner('Recht & Rat "Nord"', offers=2, email="leitung@nord.example")
    make_offer(organization=organization, name="Noch ein Entwurf", status="draft")

    run("--start")

    [message] = mail.outbox
    token = confirmations.token_of(Invitation.objects.get())
    assert message.body == TEXT.format(token=token)
    assert (message.subject, message.from_email, message.to) == (FIRST, "test@example.org", ["leitung@nord.example"])
    assert (message.cc, message.bcc, message.attachments) == ([], [], [])
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}


def test_reminder_says_that_we_asked_before(clock):
    make_partner()
    run("--start")
    mail.outbox.clear()
    clock.move(days=21)

    run()

    [message] = mail.outbox
    assert message.subject == REMINDER
    assert message.body.split("\n\n", 1)[1].startswith(AGAIN)
    token = confirmations.token_of(Invitation.objects.get())
    assert f"http://testserver/bestaetigen/{token}/\n" in message.body


def test_round_from_its_first_day_to_its_last(clock):
    for name in ("Antwortet", "Schweigt", "Steigt aus"):
        make_partner(name)
    make_partner("Neu", email="")

    assert "3 mails" in run("--start")
    names = ["antwortet", "schweigt", "steigt-aus"]
    assert sent() == [(f"leitung@{name}.example", FIRST) for name in names]
    clock.move(days=1)
    run()
    assert sent() == []

    Invitation.objects.filter(organization__slug="antwortet").update(answered_at=clock.now())
    PartnerContact.objects.filter(organization__slug="steigt-aus").update(opted_out_on=clock.now().date())
    clock.move(days=19)
    run()
    assert sent() == []
    clock.move(days=1)
    run()
    assert sent() == [("leitung@schweigt.example", REMINDER)]
    for _ in range(6):
        clock.move(days=1)
        run()
    assert sent() == []
    assert list(confirmations.unconfirmed(confirmations.last_finished())) == []

    clock.move(days=2)
    assert run() == "No round is running. --start begins one.\n"
    assert [organization.slug for organization in confirmations.unconfirmed(confirmations.last_finished())] == [
        "schweigt"
    ]


def test_contact_that_comes_later_is_asked_later(clock):
    organization = make_partner("Spät dran", email="")
    run("--start")
    PartnerContact.objects.create(organization=organization, email="neu@spaet.example")
    clock.move(days=20)

    run()
    assert sent() == [("neu@spaet.example", FIRST)]
    clock.move(days=1)
    run()
    assert sent() == []  # one mail a day would be rude


# ---- who is not asked ----
def test_nobody_is_asked_who_opted_out_has_no_offer_or_no_contact():
    make_partner("Will nicht", opted_out_on=date(2026, 1, 1))
    make_partner("Ohne Angebot", offers=0)
    make_partner("Nur Entwurf", status="draft")
    make_partner("Beendet", status="defunct")
    make_partner("Ohne Kontakt", email="")
    make_partner("Vorübergehend zu", email="zu@example.org", status="temporarily closed")

    output = run("--start")

    assert sent() == [("zu@example.org", FIRST)]
    assert output.splitlines() == [
        "ask Vorübergehend zu <zu@example.org>",
        "Done: 1 mails. Answers until 2026-12-22.",
        "1 organizations without a contact:",
        "  Ohne Kontakt (ohne-kontakt)",
    ]


@pytest.mark.parametrize("due", ["first mail", "reminder"])
def test_paused_round_sends_nothing(clock, due):
    organization = make_partner()
    each = make_round(begun=25, is_paused=True)
    if due == "reminder":
        make_invitation(organization, each)
        Invitation.objects.update(sent_at=clock.now().replace(day=1))

    assert run() == "The round is paused. Nothing is sent.\n"
    assert sent() == []
    ConfirmationRound.objects.update(is_paused=False)
    run()
    assert len(sent()) == 1


def test_round_that_has_not_begun_or_is_over_sends_nothing():
    make_partner()
    make_round(begun=-3)
    make_round(begun=29)

    run()

    assert sent() == []


def test_second_round_is_not_begun_beside_the_first():
    make_partner()
    make_round(begun=3)

    with pytest.raises(CommandError, match="There is a round from 2026-11-21 to 2026-12-19"):
        run("--start")
    ConfirmationRound.objects.all().delete()
    with pytest.raises(CommandError, match="two weeks at least"):
        run("--start", "--weeks", "1")
    assert (ConfirmationRound.objects.count(), sent()) == (0, [])


# ---- looking without touching ----
def test_dry_run_says_what_would_be_sent_and_changes_nothing(clock):
    for name in ("Eins", "Zwei"):
        make_partner(name)

    planned = run("--start", "--dry-run")

    assert planned.splitlines() == [
        "would ask Eins <leitung@eins.example>",
        "would ask Zwei <leitung@zwei.example>",
        "Due: 2 mails. Answers until 2026-12-22.",
    ]
    assert (sent(), ConfirmationRound.objects.count(), Invitation.objects.count()) == ([], 0, 0)

    run("--start")
    sent()
    clock.move(days=22)
    before = list(Invitation.objects.values())
    assert run("--dry-run").splitlines()[0] == "would remind Eins <leitung@eins.example>"
    assert (sent(), list(Invitation.objects.values())) == ([], before)


def test_preview_prints_one_mail_and_sends_none():
    make_partner("Eins")
    make_partner("Zwei")

    output = run("--preview", "zwei")

    assert output.startswith(f"To: leitung@zwei.example\nFrom: test@example.org\nSubject: {FIRST}\n")
    assert "- Zwei 0" in output
    assert "http://testserver/bestaetigen/VORSCHAU/\n" in output
    assert (sent(), Invitation.objects.count(), ConfirmationRound.objects.count()) == ([], 0, 0)
    with pytest.raises(CommandError, match="No organization drei"):
        run("--preview", "drei")


# ---- nothing twice ----
@pytest.fixture
def breaking(monkeypatch):
    """Sending the second mail ends with this error, after it has left or before."""

    def break_with(error, has_left):
        send, tries = EmailMessage.send, []

        def broken(message, *args, **kwargs):
            tries.append(message)
            if len(tries) != 2:
                return send(message, *args, **kwargs)
            if has_left:
                send(message, *args, **kwargs)
            raise error

        monkeypatch.setattr(EmailMessage, "send", broken)

    return break_with


@pytest.mark.parametrize("has_left", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ConnectionResetError, smtplib.SMTPServerDisconnected])
def test_killed_between_two_mails_nobody_gets_two(clock, breaking, error, has_left):
    names = ["Eins", "Zwei", "Drei"]
    for name in sorted(names):
        make_partner(name)
    breaking(error, has_left)

    expected = CommandError if issubclass(error, OSError) else error
    with pytest.raises(expected):
        run("--start")
    run()

    everybody = {f"leitung@{name.lower()}.example" for name in names}
    addressees = [to for to, _ in sent()]
    assert len(addressees) == len(set(addressees))
    missing = everybody - set(addressees)
    assert missing == (set() if has_left else {"leitung@eins.example"})  # the second by name
    clock.move(days=22)
    run()
    assert {to for to, _ in sent()} == everybody  # the reminder reaches whom the first mail did not


def test_refused_address_stops_nobody_else_and_fails_the_command(breaking):
    for name in ("Eins", "Zwei", "Drei"):
        make_partner(name)
    breaking(smtplib.SMTPRecipientsRefused({}), has_left=False)

    with pytest.raises(CommandError, match="1 mails were refused"):
        run("--start")

    assert [to for to, _ in sent()] == ["leitung@drei.example", "leitung@zwei.example"]
    run()
    assert sent() == []


def test_mail_server_that_does_not_answer_marks_nobody(monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    make_partner()
    monkeypatch.setattr("django.core.mail.backends.base.BaseEmailBackend.open", refuse)

    with pytest.raises(CommandError, match="Nothing was sent"):
        run("--start")

    assert Invitation.objects.count() == 0
    monkeypatch.undo()


def test_two_at_once_send_one_mail(monkeypatch):
    """The second process looks at what is due before the first has marked it."""
    make_partner()
    each = make_round()
    due = invitations.due(each, each.started_on)
    connection = mail.get_connection()

    first = list(invitations.send(each, due, connection))
    second = list(invitations.send(each, due, connection))

    assert (len(first), len(second), len(sent())) == (1, 0, 1)


def test_answer_or_pause_meanwhile_stops_the_mail(clock):
    organization = make_partner()
    each = make_round(begun=25)
    invitation = make_invitation(organization, each, sent_at=clock.now().replace(day=1))
    due = invitations.due(each, clock.now().date())
    Invitation.objects.update(answered_at=clock.now())

    assert list(invitations.send(each, due, mail.get_connection())) == []
    Invitation.objects.update(answered_at=None)
    ConfirmationRound.objects.update(is_paused=True)
    assert list(invitations.send(each, due, mail.get_connection())) == []
    invitation.refresh_from_db()
    assert (invitation.reminded_at, sent()) == (None, [])


# ---- queries ----
@pytest.mark.parametrize("rows", [1, 3])
def test_to_know_what_is_due_takes_the_same_queries_for_one_and_for_three(rows, django_assert_num_queries):
    for number in range(rows):
        make_partner(f"Nummer {number}")

    with django_assert_num_queries(4):
        run("--start", "--dry-run")


# ---- silence ----
def test_silent_are_those_who_were_reminded_in_the_last_finished_round(clock):
    last, before, running = make_round(begun=60), make_round(begun=200), make_round(begun=2)
    marks = {"sent_at": clock.now(), "reminded_at": clock.now()}
    silent = make_partner("Schweigt")
    make_invitation(silent, last, **marks)
    make_invitation(make_partner("Antwortet"), last, **marks, answered_at=clock.now())
    make_invitation(make_partner("Nie erinnert"), last)
    make_invitation(make_partner("Früher"), before, **marks)
    make_invitation(make_partner("Läuft noch"), running, **marks)
    make_partner("Nie gefragt")

    assert list(confirmations.unconfirmed(confirmations.last_finished())) == [silent]


def test_before_the_first_round_is_over_nobody_is_silent():
    make_invitation(reminded_at="2026-11-20T10:00+01:00")

    assert list(confirmations.unconfirmed(confirmations.last_finished())) == []


def test_token_holds_the_number_of_the_invitation_only():
    invitation = make_invitation()

    assert re.fullmatch(rf"{invitation.pk}\.[\w-]{{43}}", confirmations.token_of(invitation))
