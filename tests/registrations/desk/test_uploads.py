"""Empty lists to fill in."""

import io

import openpyxl
import pytest
from django.urls import reverse

from registrations.forms import LineForm, read_people
from registrations.forms.people.list_vocabulary import LIST_COLUMNS
from registrations.forms.people.lists import is_heading
from tests.registrations.factories import NOW
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.uploads import read_file

pytestmark = pytest.mark.usefixtures("signed_in")


def template(client, name, pk):
    answer = client.get(reverse(f"admin:{name}-template", args=[pk]))
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_list_of_people_offers_the_values_that_are_read(client, webinar, session, approver):
    book = template(client, "registrations_webinar_import", webinar.pk)

    sheet, values = book.worksheets
    offered = {
        column[0].value: [cell.value for cell in column[1:] if cell.value] for column in values.columns
    }
    assert [cell.value for cell in sheet[1]] == list(LIST_COLUMNS)
    assert len(sheet.data_validations.dataValidation) == len(offered) == 6
    first = {"first_name": "Ada", "last_name": "Nord", "email": "a@b.eu", "organisation": "X"}
    form = LineForm(webinar=webinar, now=NOW, language="en")
    for name, words in offered.items():
        for word in words:
            line = (
                first
                | {other: choices[0] for other, choices in offered.items()}
                | {"country": "Belgium"}
                | {name: word}
            )
            text = "\t".join(LIST_COLUMNS) + "\n" + "\t".join(line.get(column, "") for column in LIST_COLUMNS)
            [read] = read_people(reader.read_table(text, most_rows=1, known=is_heading), form).lines
            assert read.problems == (), (name, word)


def test_empty_list_is_read_as_one(client, webinar, session, approver):
    answer = client.get(reverse("admin:registrations_webinar_import-template", args=[webinar.pk]))

    file = read_file(answer.content)

    assert (file.text, file.notes) == ("\t".join(LIST_COLUMNS) + "\n", ("Only the sheet “Sheet1” is read.",))


def test_lists_without_choices_have_their_headings_alone(client, session, editor):
    book = template(client, "registrations_webinarsession_personal-addresses", session.pk)

    assert [[cell.value for cell in row] for sheet in book.worksheets for row in sheet] == [
        ["Reference or email address", "Personal address"]
    ]


def test_attendance_template_has_headings_that_are_known(client, session, approver):
    book = template(client, "registrations_webinarsession_attendance", session.pk)

    assert [cell.value for cell in book.active[1]] == [
        "Name",
        "Email",
        "Organisation",
        "Join Time",
        "Leave Time",
    ]


@pytest.mark.parametrize(
    "name", ["registrations_webinar_import", "registrations_webinarsession_personal-addresses", "registrations_webinarsession_attendance"]
)  # fmt: skip
def test_template_for_what_is_not_there_is_not_found(admin_client, name):
    assert admin_client.get(reverse(f"admin:{name}-template", args=[4711])).status_code == 404
