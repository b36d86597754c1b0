"""What makes two addresses one."""

import pytest

from registrations.models import email_key


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
