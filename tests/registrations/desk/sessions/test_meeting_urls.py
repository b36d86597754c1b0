"""The page that imports personal meeting addresses."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registrations.desk.sessions import meeting_urls
from registrations.models import HistoryEntry, Seat
from tests.pages import was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import approve, make_registration

pytestmark = pytest.mark.usefixtures("signed_in")

WAY_ON = "Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."
OWN = "https://own.webex.com/j.php?MTID=m{}"


@pytest.fixture
def people(webinar, session, editor):
    return [
        approve(make_registration(webinar, [session], email=f"{name}@example.org"), editor)
        for name in ("ada", "bob")
    ]


@pytest.fixture
def text(people):
    return f"Person,Address\nada@example.org,{OWN.format(1)}\n{people[1].reference},{OWN.format(2)}\n"


def url(session):
    return reverse("admin:registrations_webinarsession_personal-addresses", args=[session.pk])


def given():
    return list(Seat.objects.order_by("id").values_list("meeting_url", flat=True))


def test_checking_shows_every_line_and_changes_nothing(session, text, client):
    Seat.objects.filter(registration__email="ada@example.org").update(meeting_url=OWN.format(9))

    response = client.post(url(session), {"text": text})

    page = words(response)
    assert "2 people get a meeting address of their own. 1 address that is there now is overwritten." in page
    assert "<td>2</td> <td>ada@example.org</td> <td>can be taken, and overwrites another address</td>" in page
    assert "<td>can be taken</td>" in page
    assert response.context["form"]["text"].value() == text
    assert given() == [OWN.format(9), ""]


def test_importing_takes_what_was_checked(session, text, client):
    seen = client.post(url(session), {"text": text}).context["seen"]

    response = client.post(url(session), {"text": text, "seen": seen, "import": "Import"}, follow=True)

    assert messages(response) == ["2 people have a meeting address of their own now."]
    assert given() == [OWN.format(1), OWN.format(2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_file_is_read_and_comes_back_as_text(session, text, client, encoding):
    upload = SimpleUploadedFile("list.csv", text.replace(",", "\t").encode(encoding))

    response = client.post(url(session), {"upload": upload, "text": "something else"})

    assert response.context["form"]["text"].value() == text.replace(",", "\t")
    assert response.context["report"].is_good


def test_line_that_cannot_be_taken_is_named_and_nothing_can_be_imported(session, text, client):
    bad = f"{text}eve@example.org,{OWN.format(3)}\n"

    response = client.post(url(session), {"text": bad})
    forced = {"text": bad, "seen": response.context["seen"], "import": "Import"}
    refused = client.post(url(session), forced)

    page = words(response)
    assert "1 line cannot be taken, so nothing is imported." in page
    assert (
        "<td>4</td> <td>eve@example.org</td> <td><strong>Cannot be taken:</strong> Nobody with a place"
        in page
    )
    assert 'name="import"' not in page
    assert refused.context["form"].non_field_errors() == [
        "Nothing was imported: correct the lines that cannot be taken."
    ]
    assert refused.context["form"]["text"].value() == bad
    assert given() == ["", ""]


def test_list_that_differs_from_the_one_checked_is_shown_first(session, text, client):
    seen = client.post(url(session), {"text": text}).context["seen"]
    Seat.objects.filter(registration__email="ada@example.org").update(meeting_url=OWN.format(9))

    response = client.post(url(session), {"text": text, "seen": seen, "import": "Import"})

    assert messages(response) == [was_changed()]
    assert response.context["report"].overwritten == 1
    assert given() == [OWN.format(9), ""]
    assert not HistoryEntry.objects.filter(action="addresses_imported").exists()


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (b"\xff\xfe\x00", "upload", f"This file cannot be read as text. {WAY_ON}"),
        (b"x" * 1_000_001, "upload", "This file is larger than 1 MB."),
        (b"\n\n", "__all__", "There is no line to import."),
        (b"Person,Address\n", "__all__", "There is no line to import."),
    ],
    ids=["cut UTF-16", "too large", "empty lines", "heading only"],
)
def test_file_that_cannot_be_read_is_refused(session, editor, client, data, field, message):
    response = client.post(url(session), {"upload": SimpleUploadedFile("list.csv", data), "text": "kept"})

    assert response.context["form"].errors == {field: [message]}


def test_nothing_at_all_is_refused(session, editor, client):
    response = client.post(url(session), {})

    assert response.context["form"].errors == {"__all__": ["There is no line to import."]}


def test_too_many_lines_are_refused(session, editor, client, monkeypatch):
    monkeypatch.setattr(meeting_urls, "MOST_UPLOADED_LINES", 1)

    response = client.post(url(session), {"text": "a@b.eu,https://x\nc@d.eu,https://y\ne@f.eu,https://z"})

    assert response.context["form"].errors == {"__all__": ["There is more than 1 line: import it in parts."]}


def test_addresses_page_of_a_session_that_is_not_there_is_not_found(editor, client):
    address = reverse("admin:registrations_webinarsession_personal-addresses", args=[4711])

    assert client.get(address).status_code == 404
