"""What Data protection does about one person: export and erase."""

import pytest
from django.urls import reverse

from registrations.models import HistoryEntry, Registration
from registrations.states import RegistrationState
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def officer(client, db):
    """Sign in somebody of Data protection."""
    user = make_user("officer", "Data protection")
    client.force_login(user)
    return user


@pytest.fixture
def ada(webinar, session):
    return make_registration(webinar, [session], email="ada@example.org", last_name="Lovelace")


def url_of(registration, page="erase"):
    return reverse(f"admin:registrations_registration_{page}", args=[registration.pk])


def test_page_says_what_goes_and_what_goes_with_it(ada, webinar, officer, client):
    make_registration(webinar, email="ADA@example.org", state="expired")

    page = words(client.get(url_of(ada)))

    assert f"This erases the person behind {ada.reference} for good" in page
    assert "1 other submission from the same address for this webinar goes with it." in page
    assert "Name nobody in it" in page


def test_page_about_a_single_submission_names_no_others(ada, officer, client):
    assert "same address" not in words(client.get(url_of(ada)))


def test_post_erases_and_the_person_is_shown_by_reference_only(ada, officer, client):
    response = client.post(url_of(ada), {"reason": "A letter."}, follow=True)

    ada.refresh_from_db()
    assert ada.state == RegistrationState.ERASED
    assert messages(response) == [
        "The person is erased. What still goes out to them is wiped once it is sent."
    ]
    assert f"{ada.reference} · erased" in response.text
    assert "Lovelace" not in response.text
    assert url_of(ada) not in response.text


@pytest.mark.parametrize(
    ("reason", "error"), [("", "This field is required."), ("x" * 201, "at most 200 characters")]
)
def test_reason_is_needed_and_short(ada, officer, client, reason, error):
    response = client.post(url_of(ada), {"reason": reason})

    ada.refresh_from_db()
    assert error in words(response)
    assert ada.is_active


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_erased_already_is_told_kindly(ada, officer, client, method):
    client.post(url_of(ada), {"reason": "A letter."})
    client.get(reverse("admin:index"))

    response = getattr(client, method)(url_of(ada), follow=True)

    assert messages(response) == ["This person is erased already."]
    assert HistoryEntry.objects.count() == 1


@pytest.mark.parametrize("page", ["erase", "export"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_not_found(officer, client, page, method):
    url = reverse(f"admin:registrations_registration_{page}", args=[0])

    assert getattr(client, method)(url).status_code == 404


def test_list_and_page_show_the_erased(ada, webinar, session, officer, client):
    client.post(url_of(ada), {"reason": "A letter."})
    listed = reverse("admin:registrations_registration_changelist")

    assert ada.reference in client.get(listed).text
    assert ada.reference in client.get(f"{listed}?q={ada.reference}").text
    assert ada.reference in client.get(f"{listed}?state__exact=erased").text
    assert ada.reference not in client.get(f"{listed}?q=lovelace").text
    assert client.get(reverse("admin:registrations_outgoingmail_changelist")).status_code == 200
    assert client.get(reverse("admin:registrations_historyentry_changelist")).status_code == 200


def test_approvers_have_neither_button(ada, approver, client):
    page = client.get(reverse("admin:registrations_registration_change", args=[ada.pk])).text

    assert [name for name in ("erase", "export") if url_of(ada, name) in page] == []


def test_data_protection_has_both_buttons(ada, officer, client):
    page = client.get(reverse("admin:registrations_registration_change", args=[ada.pk])).text

    assert [name for name in ("erase", "export") if url_of(ada, name) in page] == ["erase", "export"]
    assert Registration.objects.get().is_active
