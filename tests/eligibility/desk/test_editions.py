"""Editions drafted by hand, filled in from a table and written as one: what the pages do and what they refuse."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eligibility import csvfiles
from eligibility.desk.forms import LARGEST_TABLE, MOST_ERRORS
from eligibility.models import ListEdition
from eligibility.records import Confidence, Edition, Entry, Source
from eligibility.register import edition_record
from eligibility.services.drafts import draft_edition
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import corrected_cosme, edition, published
from tests.eligibility.pages import messages, url, words
from tests.registrations.factories import make_user

pytestmark = pytest.mark.django_db

FIRST = "admin:eligibility_listedition_draft-first"
ANSWERS = {
    "key": "NEW",
    "starts": "2020-06-01",
    "source_title": "Official list",
    "source_url": "https://example.org/new",
    "source_date": "2020-05-25",
}
SOURCE = Source("Official list", "https://example.org/new", date(2020, 5, 25))
NEW_LIST = ANSWERS | {"list_key": "OCT-1", "title": "Overseas", "ends": "2020-12-31", "confidence": "B"}
OTHERS = ("Approvers", "Editors", "Auditors", "Data protection")


def pages(draft: ListEdition) -> list[str]:
    """Return the address of every page here, those that change something first."""
    return [
        url("listedition_draft-next", published("EU-27")),
        reverse(FIRST),
        url("listedition_fill-in", draft),
        url("listedition_download", draft),
    ]


def test_pages_open_for_a_rule_keeper_and_change_nothing(keeper, client):
    draft = corrected_cosme()
    before = list(ListEdition.objects.values())

    assert [client.get(address).status_code for address in pages(draft)] == [200] * 4
    assert list(ListEdition.objects.values()) == before


@pytest.mark.parametrize("group", OTHERS)
def test_pages_are_refused_to_other_groups(seeded, group, client):
    draft = corrected_cosme()
    client.force_login(make_user("somebody", group))

    gets = [client.get(address).status_code for address in pages(draft)]
    posts = [
        client.post(address, NEW_LIST | {"text": "code,name\nFR,F"}).status_code for address in pages(draft)
    ]

    reads = 403 if group == "Data protection" else 200
    assert (gets, posts[:3]) == ([403, 403, 403, reads], [403] * 3)
    assert ListEdition.objects.drafts().count() == 1


def test_pages_send_strangers_to_the_login(seeded, client):
    addresses = pages(corrected_cosme())

    assert [client.get(address)["Location"] for address in addresses] == [
        f"{reverse('admin:login')}?next={address}" for address in addresses
    ]


def test_list_of_editions_offers_a_new_list_to_rule_keepers_only(keeper, client):
    page = reverse("admin:eligibility_listedition_changelist")
    offered = [str(tool.label) for tool in client.get(page).context["tools"]]
    client.force_login(make_user("auditor", "Auditors"))

    assert (offered, client.get(page).context["tools"]) == (["Draft a new list"], [])
    assert "Draft a new list" not in words(client.get(page))


def test_next_edition_is_drafted_as_a_copy(keeper, client):
    response = client.post(
        url("listedition_draft-next", published("EU-27")), ANSWERS | {"with_entries": "on"}
    )

    draft = ListEdition.objects.drafts().get()
    original = edition_record(published("EU-27"))
    assert response["Location"] == url("listedition_change", draft)
    assert edition_record(draft) == replace(
        original, key="NEW", starts=date(2020, 6, 1), source=SOURCE, corrects=""
    )


def test_next_edition_is_drafted_empty(keeper, client):
    client.post(url("listedition_draft-next", published("EU-27")), ANSWERS)

    assert edition_record(ListEdition.objects.drafts().get()).entries == ()


@pytest.mark.parametrize("starts", ["2020-02-01", "0001-01-01"], ids=["its own day", "the year 1"])
def test_next_edition_that_does_not_start_later_is_refused(keeper, client, starts):
    response = client.post(url("listedition_draft-next", published("EU-27")), ANSWERS | {"starts": starts})

    assert response.context["form"].non_field_errors() == [
        "It must start later than EU-27, which starts on 1 February 2020."
    ]
    assert not ListEdition.objects.drafts().exists()


def test_next_edition_starts_in_the_year_9999_if_it_must(keeper, client):
    client.post(url("listedition_draft-next", published("ENI-2014")), ANSWERS | {"starts": "9999-12-31"})

    draft = ListEdition.objects.drafts().get()
    page = words(client.get(url("listedition_difference", draft)))
    assert (draft.starts, draft.ends) == (date(9999, 12, 31), None)
    assert "NEW, which takes over from ENI-2014" in page
    assert "first day: 1 January 2014 → 31 December 9999" in page


def test_next_edition_starts_from_a_published_one(keeper, client):
    assert client.get(url("listedition_draft-next", corrected_cosme())).status_code == 404


def test_new_list_is_drafted_empty(keeper, client):
    response = client.post(reverse(FIRST), NEW_LIST)

    draft = ListEdition.objects.drafts().get()
    assert response["Location"] == url("listedition_change", draft)
    assert edition_record(draft) == Edition(
        list_key="OCT-1",
        key="NEW",
        title="Overseas",
        starts=date(2020, 6, 1),
        ends=date(2020, 12, 31),
        confidence=Confidence.B,
        source=SOURCE,
    )


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"list_key": ""}, {"list_key": ["This field is required."]}),
        ({"list_key": "oct"}, {"list_key": ["Use capital letters, digits and hyphens."]}),
        (
            {"list_key": "EU"},
            {"list_key": ["The list EU is there already: draft its next edition instead."]},
        ),
        (
            {"list_key": "DRAFTED"},
            {"list_key": ["The list DRAFTED is there already: draft its next edition instead."]},
        ),
        ({"key": "EU-27"}, {"key": ["List edition with this Key already exists."]}),
        ({"starts": ""}, {"starts": ["This field is required."]}),
        ({"ends": "2020-05-31"}, {"ends": ["The last day lies before the first, 1 June 2020."]}),
        ({"title": ""}, {"title": ["This field is required."]}),
    ],
    ids=[
        "no list",
        "small letters",
        "a known list",
        "a drafted list",
        "key in use",
        "no day",
        "ends early",
        "no title",
    ],
)
def test_new_list_that_cannot_be_is_refused(keeper, client, change, errors):
    draft_edition(edition("D", "FR", list_key="DRAFTED"))

    response = client.post(reverse(FIRST), NEW_LIST | change)

    assert response.context["form"].errors == errors
    assert ListEdition.objects.drafts().count() == 1


def codes(row: ListEdition) -> list[str]:
    """Return the countries of an edition."""
    return list(row.entries.values_list("code", flat=True))


def test_pasted_table_replaces_the_entries(keeper, client):
    draft = corrected_cosme()

    response = client.post(
        url("listedition_fill-in", draft),
        {"text": "code;name;note\r\nEL;Greece;\r\nKosovo;Kosovo*;So"},
        follow=True,
    )

    assert messages(response) == ["The draft now has these countries: 2."]
    assert edition_record(draft).entries == (Entry("GR", "Greece"), Entry("XK", "Kosovo*", note="So"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_uploaded_table_replaces_the_entries(keeper, client, encoding):
    draft = corrected_cosme()
    table = SimpleUploadedFile("list.csv", "code\tname\nRE\tLa Réunion".encode(encoding))

    client.post(url("listedition_fill-in", draft), {"text": "", "file": table})

    assert edition_record(draft).entries == (Entry("RE", "La Réunion"),)


@pytest.mark.parametrize("key", ["EU-27", "COSME-3C-2018", "TERRITORIES-2014"])
@pytest.mark.parametrize("way", ["file", "text"])
def test_downloaded_table_reads_back_to_equal_entries(keeper, client, key, way):
    original = ListEdition.objects.get(key=key)
    download = client.get(url("listedition_download", original))
    draft = draft_edition(edition("DRAFT", "FR"))
    sent = (
        {"file": SimpleUploadedFile("x.csv", download.content)}
        if way == "file"
        else {"text": download.content.decode("utf-8-sig")}
    )

    client.post(url("listedition_fill-in", draft), sent)

    assert download["Content-Disposition"] == f'attachment; filename="{key}.csv"'
    assert download["Content-Type"] == "text/csv; charset=utf-8"
    assert edition_record(draft).entries == edition_record(original).entries


def refused(client, draft: ListEdition, **sent) -> tuple[list[str], str]:
    """Send a table, and return what the form says and what its box holds; nothing may have changed."""
    before = edition_record(draft)
    response = client.post(url("listedition_fill-in", draft), sent)
    form = response.context["form"]
    assert edition_record(ListEdition.objects.get(pk=draft.pk)) == before
    return [error for errors in form.errors.values() for error in errors], form["text"].value()


WRONG = "code,name\nFR,France\nZZ,Nowhere\nFR,France"
ERRORS = ["Line 3: “ZZ” is no country's code or name.", "Line 4: FR is on line 2 already."]


def test_wrong_lines_change_nothing_and_stay_in_the_box(keeper, client):
    assert refused(client, corrected_cosme(), text=WRONG) == (ERRORS, WRONG)


def test_wrong_lines_of_a_file_are_put_into_the_box(keeper, client):
    file = SimpleUploadedFile("list.csv", WRONG.encode("utf-16"))

    assert refused(client, corrected_cosme(), text="", file=file) == (ERRORS, WRONG)


def test_unknown_columns_are_named(keeper, client):
    errors, _ = refused(client, corrected_cosme(), text="code,name,colour\nFR,F,")

    assert errors[0].startswith(
        "Unknown columns: “colour”. The first line names the columns; there are: code,"
    )


def test_many_wrong_lines_are_counted(keeper, client):
    errors, _ = refused(client, corrected_cosme(), text="code,name\n" + "ZZ,N\n" * (MOST_ERRORS + 7))

    assert (len(errors), errors[-1]) == (MOST_ERRORS + 1, "More of these: 7.")


WAY_ON = "Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."
TOO_LARGE = "The table is larger than 500 kB."


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", f"This is an archive of files (ZIP). {WAY_ON}"),
        (b"\x00" * 100, f"This file cannot be read as text. {WAY_ON}"),
        (b"x" * (LARGEST_TABLE + 1), TOO_LARGE),
        (b"", "The submitted file is empty."),
    ],
    ids=["an archive", "zeros", "too large", "empty"],
)
def test_file_that_is_no_table_is_refused(keeper, client, content, error):
    file = SimpleUploadedFile("list.csv", content)

    assert refused(client, corrected_cosme(), text="", file=file)[0] == [error]


def test_table_in_an_assumed_encoding_is_taken_and_that_said(keeper, client):
    draft = corrected_cosme()
    file = SimpleUploadedFile("list.csv", "code,name\nRE,Réunion".encode("cp1252"))

    answer = client.post(url("listedition_fill-in", draft), {"text": "", "file": file}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "The draft now has these countries: 1."
    assert "It is read as Windows-1252, so that it says for example “Réunion”." in said[1]


def test_too_large_a_text_is_refused_and_kept(keeper, client):
    text = "code,name\n" + "é" * (LARGEST_TABLE // 2)

    assert refused(client, corrected_cosme(), text=text) == ([TOO_LARGE], text)


@pytest.mark.parametrize("sent", [{}, {"text": "code,name\nFR,F", "file": True}], ids=["neither", "both"])
def test_one_table_is_asked_for(keeper, client, sent):
    if "file" in sent:
        sent = sent | {"file": SimpleUploadedFile("x.csv", b"code,name\nBE,B")}

    errors, kept = refused(client, corrected_cosme(), **sent)

    assert errors == ["Paste a table or choose a file: one of the two."]
    assert (kept or "") == sent.get("text", "")


def test_proposed_draft_is_not_filled_in(keeper, client):
    draft = corrected_cosme()
    propose_publication(
        editions=[draft.pk], rules=[], by=keeper, note="N", now=datetime(2020, 4, 25, tzinfo=UTC)
    )

    assert refused(client, draft, text="code,name\nFR,F") == (
        ["COSME-3C-2020 is already proposed."],
        "code,name\nFR,F",
    )


def test_published_edition_is_not_filled_in(keeper, client):
    page = url("listedition_fill-in", published("EU-27"))

    assert [client.get(page).status_code, client.post(page, {"text": "code,name\nFR,F"}).status_code] == [
        404,
        404,
    ]


def test_download_keeps_a_spreadsheet_from_computing(keeper, client):
    draft = draft_edition(edition("=CMD", Entry("FR", '=HYPERLINK("https://example.org")')))

    answer = client.get(url("listedition_download", draft))

    assert answer.content.decode("utf-8-sig").split("\r\n")[1] == (
        """FR,"'=HYPERLINK(""https://example.org"")",admitted,,,,,,,,,U,,"""
    )
    assert csvfiles.read_csv(answer.content.decode("utf-8-sig")) == edition_record(draft).entries


def test_note_of_an_entry_has_the_line_breaks_of_a_table(keeper, client):
    draft = draft_edition(edition("DRAFT", "FR"))
    row = draft.entries.get()
    sent = {
        "title": "T",
        "source_title": "S",
        "entries-TOTAL_FORMS": "1",
        "entries-INITIAL_FORMS": "1",
        "entries-0-id": row.pk,
        "entries-0-edition": draft.pk,
        "entries-0-code": "FR",
        "entries-0-name": "France",
        "entries-0-treatment": "admitted",
        "entries-0-confidence": "A",
        "entries-0-note": "one\r\ntwo",
    }

    client.post(url("listedition_change", draft), sent)

    row.refresh_from_db()
    assert row.note == "one\ntwo"
