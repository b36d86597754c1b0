"""Copying a webinar."""

import pytest
from django.urls import reverse

from registrations.models import Webinar
from tests.registrations.desk.reading import messages, words

pytestmark = pytest.mark.usefixtures("signed_in")


def page(name, webinar):
    return reverse(f"admin:registrations_webinar_{name}", args=[webinar.pk])


def test_copy_leads_to_what_is_missing(editor, client, webinar, session):
    response = client.post(page("copy", webinar), {"title": "Next", "slug": "next"}, follow=True)

    copy = Webinar.objects.get(slug="next")
    assert response.redirect_chain == [(page("readiness", copy), 302)]
    assert messages(response) == ["The copy is made. Registration for it is closed."]


@pytest.mark.parametrize("slug", ["clusters", "not an address", ""])
def test_copy_refuses_an_address_and_keeps_what_was_typed(slug, editor, client, webinar):
    response = client.post(page("copy", webinar), {"title": "Next", "slug": slug})

    assert response.context["form"].errors.keys() == {"slug"}
    assert 'value="Next"' in words(response)
    assert Webinar.objects.count() == 1
