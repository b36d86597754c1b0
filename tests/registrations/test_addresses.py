"""Every address outside the admin: open to everybody, to whoever has the right personal link, or to machines."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registrations import services
from registrations.models import AddressChange, Registration
from registrations.services.decisions.moves import Decision
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import NOW, approve, make_agenda_item, make_registration, make_user

LEGAL_TEXT = ["en", 1]
OPEN = {
    "registrations:home": [],
    "registrations:eligibility": [],
    "registrations:privacy": [],
    "registrations:cookies": [],
    "registrations:legal_text": LEGAL_TEXT,
    "registrations:legal_text_file": LEGAL_TEXT,
    "registrations:accessibility": [],
    "registrations:robots": [],
    "registrations:sitemap": [],
    "registrations:webinar": ["clusters"],
    "registrations:agenda": ["clusters"],
    "registrations:feed": ["clusters"],
    "registrations:session_ics": ["clusters", 1],
    "registrations:register": ["clusters"],
    "registrations:registered": ["clusters"],
    "registrations:my_link": ["clusters"],
    "eligibility:data": [],
    "eligibility:index": [],
    "eligibility:country": ["BE"],
}
# page: the tokens it opens for, and what follows in the address
PERSONAL = {
    "registrations:confirm": ({"confirm", "new address"}, []),
    "registrations:manage": ({"manage"}, []),
    "registrations:edit": ({"manage"}, []),
    "registrations:withdraw": ({"manage"}, []),
    "registrations:erase": ({"manage"}, []),
    "registrations:address": ({"manage"}, []),
    "registrations:own_data": ({"manage"}, []),
    "registrations:own_data_file": ({"manage"}, []),
    "registrations:contest": ({"manage"}, [2]),
    "registrations:manage_ics": ({"manage"}, [1]),
    "registrations:join": ({"join"}, []),
}
ACTS_ONLY = {"registrations:consents", "set_language"}  # a button somewhere else sends there
SHOWS_ONLY = {
    "registrations:manage",
    "registrations:manage_ics",
    "registrations:own_data",
    "registrations:own_data_file",
}
# only while mail is kept locally, and to somebody on this machine (tests/webinar_site/test_mailbox.py)
MAILBOX = {
    "mailbox:index": [],
    "mailbox:letter": ["x"],
    "mailbox:html": ["x"],
    "mailbox:raw": ["x"],
}
MACHINES = {"healthz", "readyz", "metrics"}


def names(resolver, space=""):
    """Yield the names of the addresses below, those without a name as they are written; the admin is left out."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else str(pattern.pattern)
        elif isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from names(pattern, f"{pattern.namespace}:")


@pytest.fixture
def tokens(webinar, session, later_session, approver, editor, at_the_moment):
    """Return one token of each purpose: of an approved person, of one who has to confirm, of a new address."""
    person = approve(make_registration(webinar, [session, later_session]), approver)
    refused, refusal = person.seats.get(session=later_session), Decision(Move.REJECT, approver, NOW, "No.")
    at_sight.decide_seats(person.pk, seat_ids=[refused.pk], decision=refusal)
    newcomer = make_registration(webinar, [session], state="unconfirmed", confirmed_at=None)
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    change = AddressChange.objects.create(
        registration=person, email="new@example.org", email_key="new@example.org", asked_at=NOW
    )
    return {
        "manage": person.manage_token,
        "join": person.seats.get(session=session).join_token,
        "confirm": newcomer.confirm_token,
        "new address": change.token,
        "nobody's": "a" * 43,
    }


def test_every_address_has_its_line():
    assert set(names(get_resolver())) == {*OPEN, *PERSONAL, *ACTS_ONLY, *MAILBOX, *MACHINES}


def test_public_page_opens_for_everybody(tokens, client):
    found = {
        name: client.get(reverse(name, args=args), follow=True).status_code for name, args in OPEN.items()
    }

    assert found == dict.fromkeys(OPEN, 200)


@pytest.mark.parametrize("group", ["", "Approvers", "superuser"])
def test_personal_page_opens_by_its_own_token_only(group, tokens, client):
    """Being staff opens none: nobody acts as somebody else."""
    if group:
        user = make_user("somebody", group.removeprefix("superuser"))
        user.is_superuser = group == "superuser"
        user.save()
        client.force_login(user)

    found = {
        (name, purpose): client.get(reverse(name, args=[token, *rest])).status_code
        for name, (_purposes, rest) in PERSONAL.items()
        for purpose, token in tokens.items()
    }

    assert found == {
        (name, purpose): 200 if purpose in purposes else 404
        for name, (purposes, _rest) in PERSONAL.items()
        for purpose in tokens
    }


@pytest.mark.parametrize("name", PERSONAL)
def test_post_with_the_token_of_another_purpose_is_not_found(name, tokens, client):
    purposes, rest = PERSONAL[name]
    others = [token for purpose, token in tokens.items() if purpose not in purposes]
    before = list(Registration.objects.values())

    found = [client.post(reverse(name, args=[token, *rest])).status_code for token in others]

    refused = 405 if name in SHOWS_ONLY else 404
    assert (found, list(Registration.objects.values())) == ([refused] * len(others), before)


@pytest.mark.parametrize("name", MAILBOX)
def test_mailbox_is_nobodys_where_mail_goes_out(name, db, client):
    root = make_user("root")
    root.is_superuser = True
    root.save()
    client.force_login(root)

    assert client.get(reverse(name, args=MAILBOX[name])).status_code == 404


def test_numbers_are_for_this_machine_only(db):
    found = [
        Client(REMOTE_ADDR=address).get("/metrics").status_code for address in ("127.0.0.1", "192.0.2.1")
    ]

    assert found == [200, 403]
