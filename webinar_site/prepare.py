"""Make the site ready to run: `python -m webinar_site.prepare [PASSWORD]`; doing it again changes nothing."""

import secrets
import sys

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

# Which staff account belongs to which group; a decision against the rules needs two, so two of those who decide.
STAFF = {
    "approver": "Approvers",
    "approver2": "Approvers",
    "editor": "Editors",
    "rulekeeper": "Rule keepers",
    "rulekeeper2": "Rule keepers",
    "auditor": "Auditors",
    "dataprotection": "Data protection",
}
SUPERUSER = "admin"


def prepare(password: str = "") -> dict[str, str]:
    """Bring database, lists, invitation, staff accounts and static files up to date.

    With a password every staff account gets it; else only new accounts get one, each its own.
    Return the passwords by account, to be shown once: only their hashes are kept.
    """
    call_command("migrate", interactive=False, verbosity=0)
    for command in ("load_eligibility", "load_invitation", "sync_groups"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return make_staff(password)


def make_staff(password: str = "") -> dict[str, str]:
    """Make the staff accounts that are missing and return the passwords that were given, by account."""
    users, groups = get_user_model().objects, apps.get_model("auth.Group").objects
    names = [*STAFF, SUPERUSER]
    known = set(users.filter(username__in=names).values_list("username", flat=True))
    shared = make_password(password) if password else ""
    given = {}
    for name in names:
        if name in known and not password:
            continue
        given[name] = password or secrets.token_urlsafe(12)
        user, _created = users.update_or_create(
            username=name,
            defaults={
                "password": shared or make_password(given[name]),
                "email": f"{name}@example.org",  # kept locally; tests of mails go there
                "is_staff": True,
                "is_superuser": name == SUPERUSER,
            },
        )
        user.groups.set(groups.filter(name=STAFF.get(name, "")))
    return given


def main() -> None:
    """Prepare the site and print the passwords that were given."""
    django.setup()
    given = prepare(*sys.argv[1:])
    if given:
        print("Staff accounts (these passwords are shown only now):")  # noqa: T201 - this is a command
    for name, password in given.items():
        print(f"  {name:15} {password}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
