"""What tests read off an admin page."""

import re
from datetime import datetime


def listed(response):
    """Return the rows of a list."""
    return list(response.context["cl"].result_list)


def buttons(response, place="object-tools"):
    """Return the words on the buttons above a page, or (as "actions-here") of the first seat on it."""
    found = re.search(rf'class="{place}">(.*?)</(?:ul|div)>', response.content.decode(), re.DOTALL)
    return re.findall(r"<a[^>]*>([^<]+)</a>", found[1]) if found else []


def form_of(response):
    """Return what the form of an admin page would send unchanged."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for field in (field for form in forms for field in form):
        value = field.value()
        if isinstance(value, datetime):
            data[f"{field.html_name}_0"], data[f"{field.html_name}_1"] = f"{value:%Y-%m-%d}", f"{value:%H:%M}"
        elif value is not None and value is not False:
            data[field.html_name] = value
    return data
