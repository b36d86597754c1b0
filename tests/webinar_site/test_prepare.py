"""What a new site gets: lists, the invitation, staff accounts."""

import pytest
from django.contrib.auth.models import User

from eligibility.models import Publication
from registrations.models import Webinar
from webinar_site import prepare

ACCOUNTS = {
    "approver": (["Approvers"], False),
    "approver2": (["Approvers"], False),
    "editor": (["Editors"], False),
    "rulekeeper": (["Rule keepers"], False),
    "rulekeeper2": (["Rule keepers"], False),
    "auditor": (["Auditors"], False),
    "dataprotection": (["Data protection"], False),
    "admin": ([], True),
}


@pytest.fixture(autouse=True)
def _static_files_go_elsewhere(settings, tmp_path) -> None:
    """Leave the folder empty that each browser of another test would look through."""
    settings.STATIC_ROOT = tmp_path


def accounts() -> dict[str, tuple[list[str], bool]]:
    """Return the groups of each staff account, and whether it may do everything."""
    return {
        user.username: ([group.name for group in user.groups.all()], user.is_superuser)
        for user in User.objects.filter(is_staff=True)
    }


def test_staff_accounts_have_an_address_that_tests_of_mails_can_go_to(db, capsys):
    prepare.prepare()

    assert dict(User.objects.values_list("username", "email")) == {
        name: f"{name}@example.org" for name in ACCOUNTS
    }


def test_prepare_twice_changes_nothing(db, capsys):
    given = prepare.prepare()
    before = (Publication.objects.count(), Webinar.objects.count(), accounts())

    assert prepare.prepare() == {}
    assert (Publication.objects.count(), Webinar.objects.count(), accounts()) == before == (1, 1, ACCOUNTS)
    assert list(given) == list(ACCOUNTS)


def test_make_staff_gives_each_account_its_own_password(db):
    given = prepare.make_staff()

    assert accounts() == ACCOUNTS
    assert len(set(given.values())) == len(ACCOUNTS)
    assert all(User.objects.get(username=name).check_password(password) for name, password in given.items())


def test_make_staff_keeps_what_is_there(db):
    prepare.make_staff()
    User.objects.get(username="editor").delete()
    before = User.objects.get(username="auditor").password

    given = prepare.make_staff()

    assert list(given) == ["editor"]
    assert User.objects.get(username="auditor").password == before


def test_make_staff_gives_one_password_to_all_accounts_also_to_old_ones(db):
    prepare.make_staff()

    given = prepare.make_staff("rehearsal")

    assert given == dict.fromkeys(ACCOUNTS, "rehearsal")
    assert all(user.check_password("rehearsal") for user in User.objects.all())
