"""Lines of a table, cleaned by the form itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from registrations import tables
from registrations.forms import LineForm, WrongColumns, read_people
from registrations.services import Candidate, Submission
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db
CASE = Path(__file__).parents[2] / "cases" / "import-email-with-name.csv"
COLUMNS = "first_name,last_name,email,organisation,organisation_type,country,sessions"
ADA = "Ada,Nord,ada@example.org,Cluster Nord,sme,BE,1"


@pytest.fixture
def form(webinar, session, later_session):
    return LineForm(webinar=webinar, now=NOW, language="en")


@pytest.fixture
def ada(session):
    return Submission(
        first_name="Ada",
        last_name="Nord",
        email="ada@example.org",
        organisation="Cluster Nord",
        organisation_type="sme",
        country="BE",
        sessions=(session.pk,),
    )


def read(form, text):
    return read_people(tables.read(text, most_rows=100), form)


def test_line_says_what_the_form_would(form, ada):
    assert read(form, f"{COLUMNS}\n{ADA}").lines == (Candidate(2, "ada@example.org", ada),)


def test_columns_stand_in_any_order_under_their_names_or_labels(form, ada):
    text = (
        "Country where your organisation is established;EMAIL ADDRESS;First name;Family name;Organisation;"
        "Type of organisation;Sessions\nBelgium;ada@example.org;Ada;Nord;Cluster Nord;sme;1"
    ).replace(";Sessions\n", ";sessions\n")

    assert read(form, text).lines == (Candidate(2, "ada@example.org", ada),)


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("country", "EL", "country", "GR"),
        ("country", "UK", "country", "GB"),
        ("country", "Kosovo*", "country", "XK"),
        ("country", "türkiye", "country", "TR"),
        ("organisation_type", "small or MEDIUM-sized enterprise", "organisation_type", "sme"),
        ("title", "Prof.", "title", "prof"),
        ("ask_review", "Yes", "ask_review", True),
        ("ask_review", "no", "ask_review", False),
        ("question", "What\nnext?", "question", "What\nnext?"),
        ("position", "'=1+1", "position", "=1+1"),
    ],
)
def test_cells_are_read_as_people_write_them(form, ada, column, cell, field, value):
    cells = dict(zip(COLUMNS.split(","), ADA.split(","), strict=True)) | {column: cell}
    quoted = ",".join(f'"{each}"' for each in cells.values())

    [line] = read(form, f"{','.join(cells)}\n{quoted}").lines

    assert line.submission == replace(ada, **{field: value})


def test_addresses_are_found_in_what_was_pasted(form):
    found = read(form, CASE.read_text(encoding="utf-8-sig")).lines

    assert [line.submission.email for line in found] == ["n13-0@example.ge", "z13-1@example.de"]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [(COLUMNS, ADA.replace("Ada,", ",", 1)), (COLUMNS[11:], ADA[4:])],
    ids=["empty", "no column"],
)
def test_first_name_may_be_missing(form, ada, columns, cells):
    assert read(form, f"{columns}\n{cells}").lines == (
        Candidate(2, "ada@example.org", replace(ada, first_name="")),
    )


def test_line_without_an_address_is_named_by_the_one_name_there_is(form):
    [line] = read(form, f"{COLUMNS}\n{ADA.replace('Ada,', ',', 1).replace('ada@example.org', '')}").lines

    assert (line.who, line.problems) == ("Nord", ("Email address: Enter your email address.",))


@pytest.mark.parametrize("cell", ["1, 2", "1;2", "2 1", "1/2"])
def test_sessions_are_numbers_however_separated(form, session, later_session, cell):
    [line] = read(form, f'{COLUMNS}\n{ADA.removesuffix("1")}"{cell}"').lines

    assert set(line.submission.sessions) == {session.pk, later_session.pk}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (("Nord,ada", ",ada"), ("Family name: Enter your family name.",)),
        (("ada@", "ada"), ("Email address: Enter an email address in the usual form, like name@example.org.",)),
        (("BE", "Atlantis"), ("Country where your organisation is established: Select a country from the list.",)),
        (("sme", "circus"), ("Type of organisation: Select a valid choice. circus is not one of the available choices.",)),
        ((",1", ",3"), ("Sessions you want to attend: Choose from the sessions of this webinar that are still to come.",)),
        ((",1", ","), ("Sessions you want to attend: Choose at least one session.",)),
        (("Nord,ada", f"{'x' * 81},ada"), ("Family name: Use at most 80 characters here; there are 81.",)),
        ((",1", ""), ("Cells in this line: 6, columns in the first line: 7.",)),
    ],
    ids=["missing", "address", "country", "type", "session", "no session", "too long", "too few cells"],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_forms_own_words(form, change, problems):
    [line] = read(form, f"{COLUMNS}\n{ADA.replace(*change)}").lines

    assert (line.submission, line.problems) == (None, problems)


def test_ask_review_that_is_neither_yes_nor_no_is_wrong(form):
    [line] = read(form, f"{COLUMNS},ask_review\n{ADA},perhaps").lines

    assert line.problems == ("I ask a member of staff to look at my case: Write yes or no.",)


def test_a_line_does_not_inherit_what_was_wrong_with_the_one_before(form, ada):
    lines = read(form, f"{COLUMNS}\n{ADA.replace('Nord,ada', ',ada')}\n{ADA}").lines

    assert [line.submission for line in lines] == [None, ada]


def test_what_only_the_person_may_say_is_named_and_not_taken(form):
    people = read(
        form,
        f"{COLUMNS},share_contact,contact_me,privacy_acknowledged,access_needs,Fax\n{ADA},yes,yes,yes,captions,1",
    )

    submission = people.lines[0].submission
    assert people.only_the_person == ("share_contact", "contact_me", "privacy_acknowledged", "access_needs")
    assert (people.unknown, len(people.ignored)) == (("Fax",), 5)
    assert (submission.share_contact, submission.contact_me, submission.access_needs) == (False, False, ())


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (
            "first_name,email",
            "Missing columns: last_name, organisation, organisation_type, country, sessions.",
        ),
        (f"{COLUMNS},Email", "Columns named twice: email."),
    ],
)
def test_list_whose_columns_do_not_do_is_refused(form, headings, message):
    with pytest.raises(WrongColumns) as refusal:
        read(form, f"{headings}\nx")

    assert str(refusal.value).startswith(message)
    assert str(refusal.value).endswith("title, position, question, ask_review.")


def test_list_of_200_unknown_columns_is_read_and_names_them(form):
    unknown = [f"Column {number}" for number in range(200)]

    people = read(form, f"{COLUMNS},{','.join(unknown)}\n{ADA}{',' * 200}")

    assert (len(people.unknown), people.lines[0].problems) == (200, ())
