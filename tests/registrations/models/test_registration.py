"""What makes two addresses one, and how names are searched for."""

import pytest

from registrations.models import email_key, fold_search, person_key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("zoe@example.org", "zoe@example.org"),
        ("  ZOE@Example.ORG ", "zoe@example.org"),
        ("zoe+webinar@example.org", "zoe+webinar@example.org"),
        ("zoe@example.org.", "zoe@example.org"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("zoe@XN--BCHER-KVA.example", "zoe@xn--bcher-kva.example"),
        ("ΣΊΣΥΦΟΣ@example.org", "σίσυφοσ@example.org"),
        ("zoe@faß.example", "zoe@xn--fa-hia.example"),
        ("zoe@Straße.DE", "zoe@xn--strae-oqa.de"),
        ("zoe@fass.example", "zoe@fass.example"),
        ("zoe@ab--cd_e.example", "zoe@ab--cd_e.example"),
    ],
    ids=[
        "plain",
        "case and blanks",
        "plus kept",
        "trailing dot",
        "IDN",
        "IDN in ASCII",
        "Greek sigma",
        "sharp s",
        "sharp s and capitals",
        "another domain",
        "ASCII that IDNA would refuse",
    ],
)
def test_email_key_makes_spellings_one(address, key):
    assert email_key(address) == key


@pytest.mark.parametrize(
    "address", ["", "no at", "zoe@" + "x" * 64 + ".example", "zoe@a..b", "zoe@ü..b", "zoe@i❤.example"]
)
def test_email_key_refuses_what_is_no_address(address):
    with pytest.raises(ValueError, match="email address"):
        email_key(address)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź  Šimková Ørsted", "lodz simkova orsted"),
        ("STRASSE Straße", "strasse strasse"),
        ("\uff21da\n", "ada"),
    ],
    ids=["accents", "case", "full width and line break"],
)
def test_fold_search_drops_accents_and_case(text, folded):
    assert fold_search(text) == folded


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Ada", "Müller-Lüdenscheidt"), "ada ludenscheidt muller"),
        (("MULLER LUDENSCHEIDT,", "Ada"), "ada ludenscheidt muller"),
        (("Łukasz", "O'Neill"), "lukasz neill o"),
        (("Ада", "Иванова"), "ада иванова"),
        (("", ""), ""),
        (("-", " . "), ""),
        (("a " * 80, "b " * 80), ("a " * 80 + "b " * 80)[:200]),
    ],
    ids=[
        "accents and hyphen",
        "other order",
        "letters and apostrophe",
        "Cyrillic",
        "erased",
        "no letters",
        "long",
    ],
)
def test_person_key_is_the_words_of_a_name_in_any_order(names, key):
    assert person_key(*names) == key
