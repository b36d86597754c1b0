import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.models import Action, HistoryEntry, Kind
from registrations.services.reports.exports import EXPORT_COLUMNS
from tests.registrations.factories import (
    MINUTE,
    STARTS,
    approve,
    make_attendance,
    make_registration,
    make_session,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("signed_in")]

SEATS = "admin:registrations_seat_changelist"


def address(preset="people", query=""):
    return reverse("admin:registrations_seat_export", args=[preset]) + query


def rows_of(response, encoding="utf-8-sig", delimiter=","):
    text = b"".join(response.streaming_content).decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.fixture
def people(webinar, session, approver):
    """Make a Greek with a place who may be named, and a Briton who waits and may not."""
    zoe = make_registration(
        webinar, [session], first_name="Zoë", last_name="Ioannou", country="GR", share_contact=True
    )
    max_ = make_registration(webinar, [session], first_name="=Max", last_name="Smith", country="GB")
    return approve(zoe, approver), max_


def test_seats_list_leads_to_the_export_of_what_it_shows(client, people):
    page = client.get(reverse(SEATS), {"state__exact": "approved"}).text

    assert f'<a href="{address(query="?state__exact=approved")}">Export</a>' in page


def test_export_page_says_how_many_and_by_which_filter(client, people):
    page = client.get(address(query="?state__exact=approved&q=Ioannou")).text

    assert "1 place is listed" in page
    assert "<code>state__exact=approved</code>" in page
    assert address("webex", "?state__exact=approved&amp;q=Ioannou") in page


def test_export_writes_the_chosen_columns_of_what_is_listed(client, people):
    zoe, max_ = people
    columns = ["reference", "first_name", "country_code", "country", "state", "verdict", "decided_at"]

    response = client.post(address(), {"columns": columns, "format": "csv"})

    assert response.headers["Content-Disposition"] == 'attachment; filename="people-2020-04-20.csv"'
    assert "no-store" in response.headers["Cache-Control"]
    assert rows_of(response) == [
        [
            "Reference",
            "First name",
            "Country code (EU)",
            "Country",
            "State",
            "Verdict",
            "Decided (Brussels time)",
        ],
        [zoe.reference, "Zoë", "EL", "Greece", "approved", "may take part", "2020-04-20 10:00"],
        [max_.reference, "'=Max", "UK", "United Kingdom", "requested", "may take part", ""],
    ]


def test_export_follows_the_filters_of_its_address(client, people):
    response = client.post(
        address(query="?state__exact=requested"), {"columns": ["last_name"], "format": "csv"}
    )

    assert rows_of(response) == [["Family name"], ["Smith"]]


def test_export_for_webex_has_its_headings_and_encoding(client, people):
    form = client.get(address("webex")).context["form"]
    sent = {name: form[name].value() for name in ("columns", "headings", "format")}

    response = client.post(address("webex"), sent)

    assert rows_of(response, "utf-16", "\t") == [
        ["First Name", "Last Name", "Email", "Company", "Country"],
        ["Zoë", "Ioannou", people[0].email, "Cluster Nord", "Greece"],
        ["'=Max", "Smith", people[1].email, "Cluster Nord", "United Kingdom"],
    ]


def test_export_for_the_speakers_names_only_who_agreed(client, people):
    form = client.get(address("speakers")).context["form"]
    assert (form["named_only"].value(), form["format"].value()) == (True, "xlsx")

    response = client.post(
        address("speakers"), {"columns": ["last_name"], "format": "csv", "named_only": "on"}
    )

    assert rows_of(response) == [["Family name"], ["Ioannou"]]


def test_export_is_noted_in_the_history_without_anybody_in_it(client, people, approver):
    client.post(address(query="?state__exact=approved&q=Ioannou"), {"columns": ["email"], "format": "xlsx"})

    entry = HistoryEntry.objects.get(action=Action.EXPORTED)
    assert entry.by == approver
    assert entry.facts == {
        "columns": ["email"],
        "format": "xlsx",
        "filters": {"state__exact": "approved", "q": "…"},
        "named_only": False,
        "rows": 1,
    }


def test_export_page_changes_and_notes_nothing(client, people):
    client.get(address())

    assert not HistoryEntry.objects.filter(action=Action.EXPORTED).exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"format": "csv"}, "Choose at least one column."),
        ({"columns": ["email"]}, "This field is required."),
        ({"columns": ["manage_token"], "format": "csv"}, "manage_token is not one of the available choices."),
        ({"columns": ["email"], "format": "csv", "headings": "A\nB"}, "There are 2 headings for 1 columns."),
    ],
    ids=["no column", "no format", "unknown column", "too many headings"],
)
def test_export_refuses_what_makes_no_file(client, people, sent, message):
    response = client.post(address(), sent)

    assert response.status_code == 200
    assert message in response.text
    assert not HistoryEntry.objects.filter(action=Action.EXPORTED).exists()


def test_export_of_an_unknown_preset_is_not_found(client, approver):
    assert client.get(address("everything")).status_code == 404


def test_export_with_a_filter_that_makes_no_sense_leads_back(client, approver):
    response = client.get(address(query="?nonsense=1"))

    assert (response.status_code, response.headers["Location"]) == (302, reverse(SEATS))


def test_export_is_a_permission_of_its_own(client, people):
    viewer = make_user("viewer", "Auditors")
    client.force_login(viewer)

    assert ">Export<" not in client.get(reverse(SEATS)).text
    assert client.get(address()).status_code == 403
    assert client.post(address(), {"columns": ["email"], "format": "csv"}).status_code == 403

    viewer.user_permissions.add(Permission.objects.get(codename="export_registration"))
    assert client.get(address()).status_code == 200


def test_every_column_has_words_for_every_kind_of_seat(client, people, webinar, session):
    make_registration(webinar, [session], kind=Kind.GUEST)

    response = client.post(address(), {"columns": [*EXPORT_COLUMNS], "format": "csv"})

    rows = rows_of(response)
    assert len(rows) == 4
    assert {len(row) for row in rows} == {len(EXPORT_COLUMNS)}


@pytest.mark.parametrize("count", [1, 3])
def test_export_takes_a_fixed_number_of_queries(
    client, approver, webinar, session, django_assert_num_queries, count
):
    for _number in range(count):
        make_registration(webinar, [session])

    with django_assert_num_queries(19):  # the page, and the file
        response = client.post(address(), {"columns": [*EXPORT_COLUMNS], "format": "csv"})
        assert len(rows_of(response)) == count + 1


def test_export_says_who_attended_and_for_how_long_where_a_report_does(
    client, people, webinar, session, approver
):
    zoe, max_ = people
    elsewhere = make_registration(webinar, [make_session(webinar)])
    stays = [[STARTS.isoformat(), (STARTS + 50 * MINUTE).isoformat()]]
    make_attendance(session, by=approver, state="matched", match="hand", seat=zoe.seats.get(), stays=stays)

    response = client.post(address(), {"columns": ["reference", "attended", "minutes"], "format": "csv"})

    assert rows_of(response) == [
        ["Reference", "Attended", "Minutes in the meeting"],
        [zoe.reference, "yes", "50"],
        [max_.reference, "no", ""],
        [elsewhere.reference, "", ""],
    ]
