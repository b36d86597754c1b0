"""Every public address, written by hand with what no link holds: a page or a refusal, never an error of the site."""

import pytest
from django.urls import reverse

from eligibility.urls import urlpatterns as eligibility_patterns
from registrations.models import LegalText
from registrations.urls import urlpatterns
from tests import hostile_addresses
from tests.examples import some

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "/mailbox/",
    "/i18n/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/admin/",
    "/admin/login/",
    "/nowhere/",
)


@pytest.fixture
def addresses(webinar, registration):
    """Return every address of the public pages: of somebody who is registered and waits."""
    seat = registration.seats.earliest("pk")
    text = LegalText.objects.earliest("pk")
    known = {
        "slug": webinar.slug,
        "number": seat.session.number,
        "code": "BE",
        "language": text.language,
        "version": text.version,
    }
    tokens = {"confirm": registration.confirm_token, "join": seat.join_token}
    found = []
    for app, patterns in (("registrations", urlpatterns), ("eligibility", eligibility_patterns)):
        for pattern in patterns:
            token = tokens.get(pattern.name, registration.manage_token)
            words = {name: {**known, "token": token}[name] for name in pattern.pattern.converters}
            found.append(reverse(f"{app}:{pattern.name}", kwargs=words | (pattern.default_args or {})))
    return [*found, *ELSEWHERE]


def test_every_public_page_answers_what_no_link_holds(client, addresses):
    read, wrong = hostile_addresses.names_read(), []
    for path in addresses:
        names = list(dict.fromkeys([*read, *sorted(hostile_addresses.fields_of(client.get(path)))]))
        wrong += hostile_addresses.faults(
            client, path, some(hostile_addresses.together(names, path), of=path)
        )

    assert wrong == []


def test_every_part_of_a_public_address_may_be_anything(client, addresses):
    odd = {each for path in addresses for each in hostile_addresses.paths(path)}

    assert len(odd) > 50
    assert [
        f"{each[:200]}: {found}" for each in sorted(odd) if (found := hostile_addresses.fault(client, each))
    ] == []


@pytest.mark.parametrize("page", ["/eligibility/", "/eligibility/BE/", "/eligibility.json", "/mailbox/"])
def test_day_and_page_may_be_anything(client, page):
    assert hostile_addresses.faults(client, page, hostile_addresses.each_alone(["on", "page"], page)) == []
