"""Which mail domain somebody likely meant."""

import pytest

from registrations.forms.domains import KNOWN, likely_meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("gmial.com", "gmail.com", id="neighbours exchanged"),
        pytest.param("gmal.com", "gmail.com", id="one missing"),
        pytest.param("gmaill.com", "gmail.com", id="one too many"),
        pytest.param("gnail.com", "gmail.com", id="one wrong"),
        pytest.param("GMIAL.COM", "gmail.com", id="in capitals"),
        pytest.param("gmail.con", "gmail.com", id="ending mistyped"),
        pytest.param("gmail.de", "gmail.com", id="ending that there is not"),
        pytest.param("gmail", "gmail.com", id="ending missing"),
        pytest.param("gmial.con", "gmail.com", id="name and ending"),
        pytest.param("hotmail.con", "hotmail.com", id="hotmail.con"),
        pytest.param("hotmial.com", "hotmail.com", id="hotmial.com"),
        pytest.param("hotmai.fr", "hotmail.fr", id="in a country"),
        pytest.param("hotmail.co", "hotmail.com", id="half of com"),
        pytest.param("outlok.com", "outlook.com", id="outlok.com"),
        pytest.param("yaho.co.uk", "yahoo.co.uk", id="two endings"),
        pytest.param("iclould.com", "icloud.com", id="iclould.com"),
        pytest.param("t-onlin.de", "t-online.de", id="t-onlin.de"),
        pytest.param("gmx.con", "gmx.com", id="short name, ending mistyped"),
    ],
)
def test_a_slip_is_recognised(typed, meant):
    assert likely_meant(typed) == meant


def test_what_is_known_is_never_asked_about():
    meant = {domain: (likely_meant(domain), likely_meant(domain.upper())) for domain in KNOWN}

    assert meant == dict.fromkeys(KNOWN, ("", ""))


@pytest.mark.parametrize(
    "domain",
    [
        "example.org", "ec.europa.eu", "gfx.de", "gmw.de", "bmx.de", "wp.de", "orange.com", "laposte.fr", "yahoo.gr",
        "hotmail.rs", "outlook.lv", "fmail.example", "cluster.com", "klaster.co", "student.gmail.example", "kmail.de",
        "faß.de", "straße.de", "a.b", "", "com", ".com",
    ],
)  # fmt: skip
def test_what_may_well_be_right_is_not_asked_about(domain):
    assert likely_meant(domain) == ""
