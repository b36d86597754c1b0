"""Where Django looks for the admin: importing this registers the Rule keepers' lists and pages."""

import eligibility.desk.lists  # noqa: F401 -- registers them
from eligibility.desk.pages import PAGES
from webinar_site.foundation.desk.site import the_desk

the_desk().add(PAGES)
