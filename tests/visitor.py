from django.test import Client
from django.utils.http import urlencode

FORM = "application/x-www-form-urlencoded"
ON_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Visitor(Client):
    """A browser on one of our pages. It sends forms as browsers do; Django's client sends all as if with files."""

    def __init__(self, *, headers=ON_OUR_PAGE, **defaults):
        super().__init__(headers=headers, **defaults)

    def post(self, path, data=None, content_type=FORM, **more):
        if content_type == FORM and not isinstance(data, bytes):
            data = urlencode(data or {}, doseq=True)
        return super().post(path, data, content_type, CONTENT_TYPE=content_type, **more)
