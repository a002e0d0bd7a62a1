from datetime import timedelta

from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.monitoring import invitations
from directory.monitoring.confirmations import running_round
from directory.monitoring.models import ConfirmationRound

WEEKS = 4


class Command(BaseCommand):
    help = (
        "Ask every organization whether its entries are right, and remind the silent ones. Run it every day: without "
        "a running round it does nothing, and nothing is sent twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--start", action="store_true", help="begin a new round today")
        parser.add_argument("--weeks", type=int, default=WEEKS, help=f"how long the new round lasts (default {WEEKS})")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent to whom, and change nothing")
        parser.add_argument("--preview", metavar="ORGANIZATION", help="print the mail to the one with this slug")

    def handle(self, start, weeks, dry_run, preview, **options):
        today = timezone.localdate()
        current = running_round(today)
        if start and (other := ConfirmationRound.objects.filter(answer_by__gte=today).first()):
            raise CommandError(f"There is a round from {other.started_on} to {other.answer_by}.")
        planned = ConfirmationRound(started_on=today, answer_by=today + timedelta(weeks=weeks))
        if preview:
            return self.preview(preview, current or planned)
        if start:
            if weeks < 2:
                raise CommandError("A round lasts two weeks at least: the reminder comes one week before its end.")
            current = planned
            if not dry_run:
                current.save()
        if current is None:
            self.stdout.write("No round is running. --start begins one.")
            return None
        if current.is_paused:
            self.stdout.write("The round is paused. Nothing is sent.")
            return None
        mails = invitations.due(current, today)
        if dry_run:
            for mail in mails:
                self.stdout.write(f"would {mail}")
        elif mails:
            self.send(current, mails)
        self.stdout.write(f"{'Due' if dry_run else 'Done'}: {len(mails)} mails. Answers until {current.answer_by}.")
        self.name_those_without_contact()
        return None

    def preview(self, slug, each):
        organization = invitations.with_offers().filter(slug=slug, partner_contact__isnull=False).first()
        if organization is None:
            raise CommandError(f"No organization {slug} with published offers and a contact.")
        message = invitations.mail_to(organization, each, "sent_at", "VORSCHAU")
        self.stdout.write(f"To: {message.to[0]}\nFrom: {message.from_email}\nSubject: {message.subject}\n")
        self.stdout.write(message.body)

    def send(self, each, mails):
        connection = get_connection()
        failed = []
        try:
            connection.open()  # before anything is marked as sent
        except OSError as error:
            raise CommandError(
                f"The mail server does not answer ({type(error).__name__}). Nothing was sent."
            ) from error
        try:
            for mail, problem in invitations.send(each, mails, connection):
                self.stdout.write(f"{mail}{f' FAILED: {problem}' if problem else ''}")
                failed += [mail] if problem else []
        except OSError as error:
            raise CommandError(
                f"The connection to the mail server broke ({type(error).__name__}). One mail may be lost; the reminder "
                "repeats it. Run the command again for the others."
            ) from error
        finally:
            connection.close()
        if failed:
            raise CommandError(f"{len(failed)} mails were refused. Please check their addresses.")

    def name_those_without_contact(self):
        nobody = list(invitations.without_contact())
        if nobody:
            self.stdout.write(f"{len(nobody)} organizations without a contact:")
        for organization in nobody:
            self.stdout.write(f"  {organization} ({organization.slug})")
