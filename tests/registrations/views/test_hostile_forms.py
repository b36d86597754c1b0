"""Every form of the public pages, sent as no person sends it: a page that helps, never an error of the site."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from registrations import services
from registrations.models import Registration, Seat
from registrations.states import Move, RegistrationState
from registrations.urls import app_name, urlpatterns
from tests import hostile
from tests.examples import some
from tests.pages import drawn_on
from tests.registrations import at_sight
from tests.registrations.factories import NOW, decide, make_registration

pytestmark = pytest.mark.django_db

# Every address that takes a POST, with what a browser would send; a new one fails until it stands here.
FORMS = {
    "register": ("slug",),
    "registered": ("slug",),
    "my_link": ("slug",),
    "confirm": ("unconfirmed",),
    "edit": ("token",),
    "withdraw": ("token",),
    "address": ("token",),
    "contest": ("token", "number"),
    "join": ("join_token",),
    "consents": ("token",),
    "erase": ("token",),
}
EMPTY = {"confirm", "withdraw", "join"}  # forms that are a button and nothing else


@pytest.fixture
def words(webinar, registration, approver):
    """Return what stands in the addresses: of somebody who is approved once and was rejected once."""
    decide(registration, approver, Move.REJECT)
    first = registration.seats.earliest("pk")
    at_sight.decide_seats(
        registration.pk,
        seat_ids=[first.pk],
        decision=services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW),
    )
    unconfirmed = make_registration(webinar, [first.session], state=RegistrationState.UNCONFIRMED)
    return {
        "slug": webinar.slug,
        "token": registration.manage_token,
        "unconfirmed": unconfirmed.confirm_token,
        "join_token": first.join_token,
        "number": registration.seats.latest("pk").session.number,
    }


@pytest.fixture
def filled_in(answers, opened):
    """Return what a browser sends for each form."""
    whole = {
        **{name: value if isinstance(value, list) else [value] for name, value in answers.items()},
        "title": ["dr"],
        "position": ["Manager"],
        "question": ["Who keeps the list?"],
        "access_needs": ["captions"],
        "share_contact": ["on"],
        "contact_me": ["on"],
        "website": [""],
    }
    return {
        "register": whole,
        "registered": whole,
        "edit": whole,
        "my_link": {"email": ["ada@example.org"], "opened": [opened], "website": [""]},
        "address": {"email": ["new@example.org"]},
        "contest": {"text": ["Our seat is in Lyon."]},
        "consents": {"consent": ["contact_me"], "act": ["withdraw"]},
        "erase": {"understood": ["on"]},
        **{name: {} for name in EMPTY},
    }


def address(name, words):
    return reverse(f"registrations:{name}", args=[words[word] for word in FORMS[name]])


def state():
    """Return everything a form could have changed."""
    return list(Registration.objects.order_by("pk").values()), list(Seat.objects.order_by("pk").values())


def test_every_form_stands_in_the_table(client, words):
    """Whatever takes a POST is a form: the others say 405."""
    taking = set()
    for pattern in urlpatterns:
        known = {name: words[name] for name in ("slug", "token", "number")} | {"language": "en", "version": 1}
        names = pattern.pattern.converters
        url = reverse(f"{app_name}:{pattern.name}", kwargs={name: known[name] for name in names})
        if client.post(url).status_code != 405:
            taking.add(pattern.name)

    assert taking == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_form_answers_what_no_person_sends_with_a_page_that_helps(client, words, filled_in, name):
    found = {}
    for variant, make in some(hostile.VARIANTS.items(), of=name):
        with transaction.atomic():
            tokens = {name: [value] for name, value in drawn_on(client, address(name, words)).items()}
            response = hostile.send(client, address(name, words), make(filled_in[name] | tokens))
            found[variant] = hostile.faults(response)
            transaction.set_rollback(True)

    assert {variant: faults for variant, faults in found.items() if faults} == {}


@pytest.mark.parametrize("token", [None, "x" * 64], ids=["no token", "a forged token"])
@pytest.mark.parametrize("name", FORMS)
def test_form_without_the_token_against_forgery_changes_nothing_and_says_what_to_do(
    words, filled_in, name, token
):
    browser = Client(enforce_csrf_checks=True)
    browser.get(address("register", words))  # sets the cookie
    before = state()

    response = browser.post(
        address(name, words), filled_in[name] | ({"csrfmiddlewaretoken": token} if token else {})
    )

    assert (response.status_code, hostile.faults(response)) == (403, [])
    assert "<h1" in response.text
    assert state() == before


@pytest.mark.parametrize("name", FORMS)
def test_form_sent_again_as_it_was_changes_nothing_more(client, words, filled_in, name):
    first = client.post(address(name, words), filled_in[name])
    once = state()

    second = client.post(address(name, words), filled_in[name])

    assert hostile.faults(first) == hostile.faults(second) == []
    assert [row["state"] for row in state()[0]] == [row["state"] for row in once[0]]


@pytest.mark.parametrize("name", FORMS)
def test_form_keeps_nothing_that_nobody_sees_and_acts_as_without(client, words, filled_in, name):
    response = client.post(address(name, words), hostile.with_what_nobody_sees(filled_in[name]))

    answer = {"join": 409, "register": 307, "registered": 200, "my_link": 200}.get(name, 302)
    assert (response.status_code, hostile.rows_with_what_nobody_sees()) == (answer, [])
