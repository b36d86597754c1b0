"""The switch of languages, beyond the page (for that, tests/webinar_site/test_languages.py)."""

import pytest
from django.contrib.auth.models import User

from registrations.models import StaffLanguage
from tests.registrations.factories import make_user

pytestmark = pytest.mark.django_db


def chosen():
    """Return the languages that members of staff chose for our mails, by account."""
    return dict(StaffLanguage.objects.values_list("user__username", "language"))


def test_staff_get_our_mails_in_the_language_they_chose_last(client):
    make_user("colleague", "Approvers")
    client.force_login(make_user("somebody", "Approvers"))

    for language in ("fr", "de"):
        client.post("/i18n/", {"language": language, "next": "/admin/"})

    assert chosen() == {"somebody": "de"}


@pytest.mark.parametrize("language", ["xx", "", "../../etc/passwd", "fr\0"], ids=repr)
def test_language_that_is_not_there_is_nobodys_choice(client, language):
    client.force_login(make_user("somebody", "Approvers"))

    client.post("/i18n/", {"language": language, "next": "/admin/"})

    assert chosen() == {}


def test_link_chooses_nothing_for_staff_either(client):
    client.force_login(make_user("somebody", "Approvers"))

    client.get("/i18n/?language=fr")

    assert chosen() == {}


def test_visitors_and_accounts_that_are_no_staff_leave_nothing_behind(client):
    client.post("/i18n/", {"language": "fr"})
    client.force_login(User.objects.create_user("visitor"))
    client.post("/i18n/", {"language": "fr"})

    assert (client.cookies["django_language"].value, chosen()) == ("fr", {})


def test_choice_of_a_visitor_takes_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.post("/i18n/", {"language": "fr"})
