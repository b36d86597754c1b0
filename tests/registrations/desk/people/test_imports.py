"""The page that imports registrations."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registrations.desk import uploads
from registrations.desk.people import imports
from registrations.models import BulkJob, ImportedLine, Registration
from tests.pages import was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import carry_out, make_registration
from tests.webinar_site.foundation.tables.test_workbooks import book

pytestmark = pytest.mark.usefixtures("signed_in")

WAY_ON = "Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."
COLUMNS = "first_name,last_name,email,organisation,organisation_type,country,sessions"
GOOD = (
    f"{COLUMNS}\nAda,Nord,ada@example.org,Cluster Nord,sme,BE,1\nBob,Süd,bob@example.org,Cluster Süd,sme,TN,1"
)
WRONG = f"{GOOD}\nEve,Ost,eve@example.org,Cluster Ost,sme,US,1"


@pytest.fixture
def url(webinar, session, approver):
    return reverse("admin:registrations_webinar_import", args=[webinar.pk])


def check(client, url, text, **fields):
    return client.post(url, {"text": text, "language": "en", **fields})


def take(client, url, text, **fields):
    seen = check(client, url, text, **fields).context["seen"]
    return client.post(
        url, {"text": text, "language": "en", "seen": seen, "import": "Import", **fields}, follow=True
    )


def test_page_says_which_columns_there_are(client, url):
    page = words(client.get(url))

    assert "needed: last_name, email, organisation, organisation_type, country, sessions" in page
    assert "so not taken over: privacy_acknowledged, share_contact, contact_me, access_needs" in page


def test_checking_shows_every_line_and_changes_nothing(client, url):
    response = check(client, url, WRONG)

    page = words(response)
    assert "2 lines can be taken. <ul><li>may take part: 2</li></ul>" in page
    assert "1 line cannot be taken." in page
    assert "Organisations established in this country cannot take part." in page
    assert "With yes in the column ask_review, a member of staff looks at the case." in page
    assert 'name="import"' not in page
    assert response.context["form"]["text"].value() == WRONG
    assert (BulkJob.objects.count(), Registration.objects.count()) == (0, 0)


def test_importing_takes_what_was_checked(client, url):
    response = take(client, url, GOOD)
    carry_out()

    assert messages(response) == [
        "2 people are going to be registered and asked to confirm. This page says when."
    ]
    assert response.context["preview"].mails == {"confirm your address": 2}
    assert "Nobody is registered, nobody is written to, and the list is forgotten." in words(response)
    assert Registration.objects.filter(state="unconfirmed").count() == 2


def test_wrong_lines_are_left_out_only_where_staff_say_so(client, url):
    refused = take(client, url, WRONG)
    taken = take(client, url, WRONG, leave_out_wrong="on")

    assert refused.context["form"].non_field_errors() == [
        "Nothing was imported: correct the lines that cannot be taken, or leave them out."
    ]
    assert refused.context["form"]["text"].value() == WRONG
    assert messages(taken) == [
        "2 people are going to be registered and asked to confirm. This page says when."
    ]


def test_unknown_columns_are_left_out_only_where_staff_say_so(client, url):
    text = GOOD.replace("sessions\n", "sessions,Fax,contact_me\n").replace(",1\n", ",1,2,yes\n") + ",2,yes"

    page = words(check(client, url, text))
    refused = take(client, url, text)
    take(client, url, text, ignore_columns="on")

    assert "Other columns, which are not taken over: Fax" in page
    assert "only the person can answer them: contact_me" in page
    assert 'name="import"' not in page
    assert "Nothing was imported" in refused.context["form"].non_field_errors()[0]
    assert ImportedLine.objects.count() == 2


def test_list_that_differs_from_the_one_checked_is_shown_first(client, url, webinar, session):
    seen = check(client, url, GOOD, leave_out_wrong="on").context["seen"]
    make_registration(webinar, [session], email="ada@example.org")

    response = check(client, url, GOOD, leave_out_wrong="on", seen=seen, **{"import": "Import"})

    assert messages(response) == [was_changed()]
    assert len(response.context["checked"].report.wrong) == 1
    assert BulkJob.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (b"x" * 50_000_000, "upload", "This file is larger than 1 MB."),
        (b"\x89PNG\r\n\x1a\n\x00", "upload", f"This is a picture. {WAY_ON}"),
        (COLUMNS.encode(), "__all__", "There is no line below the headings."),
    ],
    ids=["50 MB", "picture", "headings alone"],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused_and_nothing_is_lost(client, url, data, field, message):
    response = client.post(
        url, {"upload": SimpleUploadedFile("list.csv", data), "text": "kept", "language": "en"}
    )

    assert response.context["form"].errors == {field: [message]}
    assert response.context["form"]["text"].value() == "kept"
    assert BulkJob.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_file_is_read_and_comes_back_as_text(client, url, encoding):
    upload = SimpleUploadedFile("list.csv", GOOD.replace(",", "\t").encode(encoding))

    response = client.post(url, {"upload": upload, "language": "en"})

    assert response.context["form"]["text"].value() == GOOD.replace(",", "\t")
    assert response.context["checked"].may_be_taken


def test_list_without_the_columns_is_refused(client, url):
    response = check(client, url, "a,b\n1,2")

    assert response.context["form"].non_field_errors()[0].startswith("Missing columns: last_name, email,")


def test_too_many_lines_are_refused(client, url, monkeypatch):
    monkeypatch.setattr(imports, "MOST_UPLOADED_LINES", 1)

    response = check(client, url, GOOD)

    assert response.context["form"].non_field_errors() == ["There is more than 1 line: import it in parts."]
    assert uploads.MOST_UPLOADED_LINES == 5000


def test_only_the_first_good_lines_are_shown_and_all_wrong_ones(client, url, monkeypatch):
    monkeypatch.setattr(imports, "SHOWN_LINES", 1)

    response = check(client, url, WRONG)

    assert [line.candidate.number for line in response.context["checked"].shown] == [2, 4]
    assert "1 more line that can be taken is not shown." in words(response)


def test_closed_webinar_takes_no_list(client, url, webinar):
    webinar.registration_open = False
    webinar.save()

    page = words(client.get(url))
    response = check(client, url, GOOD)

    assert "Registration for this webinar is closed" in page
    assert "<textarea" not in page
    assert response.context["form"].non_field_errors() == ["Registration for this webinar is closed."]


def test_lines_left_alone_stand_on_the_jobs_page(client, url, webinar, session):
    take(client, url, GOOD)
    make_registration(webinar, [session], email="ada@example.org")
    carry_out()

    page = words(client.get(reverse("admin:registrations_bulkjob_change", args=[BulkJob.objects.get().pk])))

    assert "<td>2</td><td>This address is already registered for this webinar.</td>" in page


def test_webinar_leads_there_while_it_is_open(client, url, webinar):
    page = reverse("admin:registrations_webinar_change", args=[webinar.pk])
    before = client.get(page).text
    webinar.registration_open = False
    webinar.save()

    assert (url in before, url in client.get(page).text) == (True, False)


def test_import_into_a_webinar_that_is_not_there_is_not_found(client, url):
    assert client.get(reverse("admin:registrations_webinar_import", args=[4711])).status_code == 404


def test_check_shows_names_organisations_and_countries(client, url):
    page = words(check(client, url, WRONG))

    assert "<td>Ada Nord<br>ada@example.org</td> <td>Cluster Nord</td> <td>Belgium</td>" in page
    assert "<td>Eve Ost<br>eve@example.org</td> <td>Cluster Ost</td> <td>United States</td>" in page


def test_check_says_what_was_assumed_in_reading(client, url):
    text = f"{GOOD.replace(',', ';')};;;\nCy;Ost;cy@example.org".replace("sessions\n", "sessions;title\n")
    upload = SimpleUploadedFile("list.csv", text.encode("cp1252"))

    page = words(client.post(url, {"upload": upload, "language": "en"}))

    assert "It is read as Windows-1252, so that it says for example “Süd”." in page
    assert "Lines with fewer cells than columns, whose end is taken as empty: 2, 4." in page


def test_line_with_a_quotation_mark_too_many_is_one_wrong_line(client, url):
    response = check(client, url, GOOD.replace("Ada,", '"Ada,'))

    checked = response.context["checked"]
    assert [(line.candidate.number, bool(line.problems)) for line in checked.report.lines] == [
        (2, True),
        (3, False),
    ]


def test_people_of_two_sessions_are_taken_once_and_that_said(client, url, later_session):
    page = words(check(client, url, f"{GOOD}\nBob,Süd,bob@example.org,Cluster Süd,sme,TN,2"))

    assert "1 line names a person again for another session, and is taken with the first." in page
    assert "2 lines can be taken." in page


def test_workbook_is_read(client, url):
    upload = SimpleUploadedFile("list.xlsx", book([line.split(",") for line in GOOD.split("\n")]))

    response = client.post(url, {"upload": upload, "language": "en"})

    assert response.context["form"]["text"].value() == GOOD.replace(",", "\t") + "\n"
    assert response.context["checked"].may_be_taken
