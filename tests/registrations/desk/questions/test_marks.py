"""The page on which questions are marked and ordered, the page to print, and the file."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from registrations.models import QuestionMark
from registrations.services.questions.marks import Mark, mark_questions
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, approve, make_registration

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def people(webinar, session, approver):
    return [
        approve(make_registration(webinar, [session], first_name=name, question=f"<{name}> asks?"), approver)
        for name in ("Ada", "Bob")
    ]


def url(webinar, page="questions", *args):
    return reverse(f"admin:registrations_webinar_{page}", args=[webinar.pk, *args])


def filled(client, address, **changes):
    """Return what the page would send, with some boxes filled in otherwise."""
    formset = client.get(address).context["formset"]
    sent = {f"form-{key}": value for key, value in formset.management_form.initial.items()}
    for form in formset:
        for field in form:
            value = "" if field.value() is None else field.value()
            sent[field.html_name] = value
    return sent | changes


def marks():
    return list(
        QuestionMark.objects.order_by("registration_id").values_list(
            "registration__first_name", "state", "position"
        )
    )


def test_page_lists_questions_with_who_asked(client, webinar, people):
    page = words(client.get(url(webinar)))

    assert "&lt;Ada&gt; asks?" in page
    assert "<br>Cluster Nord<br>Belgium<br>has a place in session 1" in page
    assert 'aria-label="Mark of question 2"' in page


def test_saving_marks_what_was_changed(client, webinar, people):
    sent = filled(client, url(webinar), **{"form-1-state": "to_ask", "form-1-position": "1"})

    response = client.post(url(webinar), sent, follow=True)

    assert messages(response) == ["1 question is marked."]
    assert marks() == [("Bob", "to_ask", 1)]
    assert [line.person.first_name for line in response.context["lines"]] == ["Bob", "Ada"]


def test_what_a_colleague_marked_meanwhile_stays(client, webinar, people, approver):
    sent = filled(client, url(webinar), **{"form-1-state": "to_ask"})
    mark_questions(webinar.pk, marks={people[0].pk: Mark("asked", 7)}, by=approver, now=NOW)

    client.post(url(webinar), sent)

    assert marks() == [("Ada", "asked", 7), ("Bob", "to_ask", None)]


@pytest.mark.parametrize(
    ("box", "value", "message"),
    [
        ("form-0-position", "x", "Enter a whole number."),
        ("form-0-position", "-1", "Ensure this value is greater than or equal to 0."),
        ("form-0-state", "nonsense", "Select a valid choice. nonsense is not one of the available choices."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_box_and_kept(client, webinar, people, box, value, message):
    response = client.post(url(webinar), filled(client, url(webinar), **{box: value}))

    assert message in response.text
    assert "<title>Error: " in response.text
    assert (marks(), response.context["formset"].data[box]) == ([], value)


def test_form_without_its_management_data_is_refused(client, webinar, people):
    response = client.post(url(webinar), {"form-0-state": "asked"})

    assert "ManagementForm data is missing" in response.text
    assert marks() == []


def test_changed_question_is_shown_as_changed(client, webinar, people):
    QuestionMark.objects.create(registration=people[0], changed_at=NOW)

    assert "changed by the person since it was marked" in client.get(url(webinar)).text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ada", "Bob"]),
        ("?state=to_ask", ["Bob"]),
        ("?session=4711", ["Ada", "Bob"]),
        ("?state=nonsense&page=x", ["Ada", "Bob"]),
    ],
    ids=["all", "by mark", "no such session", "nonsense"],
)
def test_filters(client, webinar, people, approver, query, names):
    QuestionMark.objects.create(registration=people[1], state="to_ask")

    response = client.get(url(webinar) + query)

    assert [line.person.first_name for line in response.context["lines"]] == names


def test_page_to_print_has_the_questions_in_order(client, webinar, people):
    QuestionMark.objects.create(registration=people[1], state="to_ask", position=1)

    page = words(client.get(url(webinar, "questions-print") + "?state=to_ask"))

    assert "<blockquote><p>&lt;Bob&gt; asks?</p></blockquote>" in page
    assert "Ada" not in page
    assert "<select" not in page


def test_long_list_is_shown_in_pages(client, webinar, people, monkeypatch):
    monkeypatch.setattr("registrations.desk.questions.marks.PER_PAGE", 1)

    response = client.get(url(webinar) + "?state=new&page=2")

    assert [line.person.first_name for line in response.context["lines"]] == ["Bob"]
    assert 'href="?state=new&amp;page=1"' in response.text


def test_file_holds_what_is_listed(client, webinar, people):
    QuestionMark.objects.create(registration=people[1], state="to_ask", position=1)

    response = client.post(url(webinar, "questions-export", "csv") + "?state=to_ask")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response.headers["Content-Disposition"] == 'attachment; filename="questions-2020-04-20.csv"'
    assert [row[:4] for row in csv.reader(io.StringIO(text, newline=""))] == [
        ["Order", "Mark", "Question", "Name"],
        ["1", "to be asked", "<Bob> asks?", people[1].full_name],
    ]


def test_file_of_no_known_format_is_not_found(client, webinar, people):
    assert client.post(url(webinar, "questions-export", "exe")).status_code == 404


def test_file_needs_the_permission_to_take_data_out(client, webinar, people, editor):
    editor.user_permissions.add(Permission.objects.get(codename="change_questionmark"))

    page = client.get(url(webinar))
    refused = client.post(url(webinar, "questions-export", "csv"))

    assert (page.status_code, "Download" in page.text, refused.status_code) == (200, False, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    client, webinar, session, approver, count, django_assert_num_queries
):
    for _number in range(count):
        approve(make_registration(webinar, [session], question="?"), approver)
    client.get(url(webinar))

    with django_assert_num_queries(10):
        client.get(url(webinar))
