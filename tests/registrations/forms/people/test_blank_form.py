"""The form as everybody first sees it: drawn once, and again as soon as anything it shows is different."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from eligibility.services import drafts, publications
from registrations.forms import RegistrationForm, blank_form
from registrations.forms.people import blank_form as module
from registrations.models import LegalText
from registrations.models.legal_texts import text_digest
from registrations.services.people import find_offer
from tests.eligibility.factories import edition, member_of_staff
from tests.registrations.factories import ENDS, NOW, approve, make_registration, make_session

pytestmark = pytest.mark.django_db


def drawn(form):
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def blank(webinar, now=NOW):
    _webinar, form = blank_form(webinar.slug, now)
    return drawn(form)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_blank_form_is_the_form(webinar, session, later_session, language):
    with translation.override(language):
        blank(webinar)

        assert blank(webinar) == drawn(RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW))


def retitle(webinar, session):
    session.title = "Another title"
    session.save()
    return "Another title"


def add_session(webinar, session):
    make_session(webinar, title="A third session")
    return "A third session"


def say_that_it_is_recorded(webinar, session):
    webinar.recording_notice = "It is recorded."
    webinar.save()
    return "It is recorded."


def publish_list(webinar, session):
    draft = drafts.draft_edition(edition("COSME-NEWS", "XK", list_key="COSME-3C", starts=NOW.date()))
    publications.publish(
        editions=[draft.pk], rules=[], by=member_of_staff("a"), confirmed_by=member_of_staff("b"), note=""
    )
    return 'label="Title of COSME-NEWS"'


def reword_consents(webinar, session):
    body = "Other words.\n\nAnd more.\n"
    LegalText.objects.create(kind="consents", language="en", version=2, body=body, sha256=text_digest(body))
    return "Other words."


@pytest.mark.parametrize(
    "change", [retitle, add_session, say_that_it_is_recorded, publish_list, reword_consents]
)
def test_blank_form_shows_a_change_at_once(webinar, session, change):
    before = blank(webinar)

    words = change(webinar, session)

    assert (words in before, words in blank(webinar)) == (False, True)


def test_blank_form_is_not_drawn_again_because_somebody_was_approved(webinar, session, approver):
    blank(webinar)
    approve(make_registration(webinar, [session]), approver)  # raises the session's SEQUENCE

    blank(webinar)

    assert module._draw.cache_info().misses == 1


def test_blank_form_offers_what_is_still_to_come(webinar, session, later_session):
    assert [blank(webinar, now).count('name="sessions"') for now in (NOW, ENDS)] == [2, 1]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"registration_open": False}, id="not open"),
        pytest.param({"registration_closes_at": NOW}, id="closed"),
        pytest.param({"registration_opens_at": NOW + timedelta(days=1)}, id="not yet"),
        pytest.param({"slug": "other"}, id="no such webinar"),
    ],
)
def test_there_is_no_form_where_nobody_can_register(webinar, session, change):
    blank(webinar)
    type(webinar).objects.filter(pk=webinar.pk).update(**change)

    assert blank_form("clusters", NOW) is None


def test_there_is_no_form_after_the_last_session(webinar, session):
    assert blank_form(webinar.slug, ENDS) is None
