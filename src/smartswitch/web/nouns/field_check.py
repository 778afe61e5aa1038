"""A form that is looked through while it is typed: a field that was left is sent with the form to `?validate=<field>`.

Nothing is written by such a request, whatever the form says: a view that shows `nouns/form_body.html` asks this first.
"""

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

FIELD = "validate"


def checked_field(request: HttpRequest, form: Form) -> HttpResponse | None:
    """The field that was left, with what is wrong with it; None if the form was sent to be written, or not sent at all.

    A field that the form has not is not found: what was not meant to be written is never written by mistake.
    """
    if request.method != "POST" or FIELD not in request.GET:
        return None
    name = request.GET[FIELD]
    if name not in form.fields:
        raise Http404
    form.is_valid()
    return render(request, "components/field.html", {"field": form[name], "form": form, "validates": True})
