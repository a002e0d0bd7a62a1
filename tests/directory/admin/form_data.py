"""Fill in the editors' forms as a browser would: with everything that the page holds, then with changes."""


def read(client, url):
    """The fields of the form at `url` with the values that its page shows."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in fields.items() if value is not None and value is not False}


def add_row(data, prefix, **fields):
    number = data[f"{prefix}-TOTAL_FORMS"]
    data[f"{prefix}-TOTAL_FORMS"] = number + 1
    data |= {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return data


def mistakes(response):
    """Field or inline → messages, of a form that was not saved."""
    assert response.status_code == 200, "the form was saved"
    found = {name: list(messages) for name, messages in response.context["adminform"].form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        if formset.non_form_errors():
            found[formset.prefix] = list(formset.non_form_errors())
        for form in formset.forms:
            found |= {form.add_prefix(name): list(messages) for name, messages in form.errors.items()}
    return found
