from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from starkestelle.database_rights import statements


class Command(BaseCommand):
    help = (
        "Prints the SQL that gives the public process's database role its rights, and no others (PostgreSQL). "
        "Run it with --apply as the owner of the tables, after every migrate."
    )

    def add_arguments(self, parser):
        parser.add_argument("role", help="the role in the public process's DATABASE_URL; it must exist")
        parser.add_argument("--apply", action="store_true", help="do it, instead of printing it")

    def handle(self, role, apply, **options):
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: whoever can open its file can read all of it.")
        if not role.isidentifier():
            raise CommandError("Name the role with letters, digits and underscores.")
        made = statements(role, connection.ops.quote_name)
        if not apply:
            self.stdout.write("".join(f"{each};\n" for each in made))
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for each in made:
                cursor.execute(each)
        self.stdout.write(f"{role} may do what {len(made)} statements say.")
