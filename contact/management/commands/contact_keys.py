from getpass import getpass

from django.core.management.base import BaseCommand, CommandError

from contact import keyring, resealing, retention, sealing


class Command(BaseCommand):
    help = "Creates, lists, rotates and retires the key pairs of the team, and replaces lost ones."

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="a new pair for new requests, and the spare pair if there is none")
        create.add_argument("--if-missing", action="store_true", help="only when there is no active pair")
        actions.add_parser("list", help="all pairs and what is sealed with them")
        actions.add_parser("rotate", help="a new pair; the older ones only open what they sealed (monthly)")
        retire = actions.add_parser("retire", help="seal nothing more with a pair")
        retire.add_argument("kid")
        actions.add_parser("reseal", help="with the spare key: let the current pair open what a lost one sealed")

    def handle(self, action, **options):
        getattr(self, action)(**options)

    def create(self, if_missing, **options):
        if not keyring.has_spare():
            self._create_spare()
        if if_missing and keyring.active_kids():
            return
        self.stdout.write(f"Created {keyring.create()}.")

    def list(self, **options):
        used = retention.kids_in_use()
        for kid in keyring.kids():
            state = "destroyed" if keyring.is_destroyed(kid) else "retired" if keyring.is_retired(kid) else "active"
            self.stdout.write(f"{kid}  {state}{', in use' if kid in used else ''}")
        self.stdout.write(f"spare  {'public key here' if keyring.has_spare() else 'MISSING'}")

    def rotate(self, **options):
        old = keyring.active_kids()
        self.stdout.write(f"Created {keyring.create()}.")
        for kid in old:
            self.retire(kid)

    def retire(self, kid, **options):
        try:
            keyring.retire(kid)
        except keyring.KeyMissing as error:
            raise CommandError(f"There is no pair {kid}.") from error
        self.stdout.write(f"Retired {kid}.")

    def reseal(self, **options):
        try:
            count = resealing.reseal(resealing.read_spare(getpass("The spare key from the safe: ")))
        except resealing.WrongKey as error:
            raise CommandError("This is not the spare key; compare every character.") from error
        except keyring.KeyMissing as error:
            raise CommandError(
                f"{error} is missing here. Bring back the public keys, then contact_keys rotate."
            ) from error
        except sealing.Unreadable as error:
            raise CommandError("A box is damaged or was made with another spare key; nothing was changed.") from error
        self.stdout.write(f"The key is right. Sealed {count} requests anew.")

    def _create_spare(self):
        self.stdout.write("The spare key, for the safe. Write it down now; it is stored nowhere:")
        self.stdout.write(f"  {keyring.create_spare()}")
