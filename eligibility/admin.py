"""Django's door to the desk of Rule keepers: importing this registers its lists and pages."""

import eligibility.desk.lists  # noqa: F401 -- registers them
from eligibility.desk.pages import PAGES
from webinar_site.foundation.desk.site import the_desk

the_desk().add(PAGES)
