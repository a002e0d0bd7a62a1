"""What a page asks the network for and leaves behind: nothing from or for anybody else."""

import pytest

from tests.browser.page_types import PAGE_TYPES, visit

HINTS = "link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=prefetch], a[ping]"  # asked for behind the scenes
LEAKY = """<!doctype html><html lang="de"><title>Leck</title><link rel="preconnect" href="https://hint.example">
<img src="https://other.example/pixel.png" alt=""><script>broken()</script>"""


class Recorder:
    """What a visitor would not want of the pages opened from now on."""

    def __init__(self, page, base_url):
        self.page, self.base_url = page, base_url
        self.addresses, self.responses, self.complaints = [], [], []
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("response", lambda response: self.responses.append(response))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def foreign_addresses(self):
        return [address for address in self.addresses if not address.startswith(f"{self.base_url}/")]

    @property
    def cookies(self):
        """Those asked for, and those kept."""
        asked_for = [response.header_value("set-cookie") for response in self.responses]
        return [cookie.partition("=")[0] for cookie in asked_for if cookie] + [
            cookie["name"] for cookie in self.page.context.cookies()
        ]


@pytest.fixture
def recorder(page, base_url):
    return Recorder(page, base_url)


@pytest.mark.usefixtures("every_page_type")
def test_no_page_asks_anybody_else_sets_a_cookie_or_complains(page, recorder):
    hints = {}
    for name in PAGE_TYPES:
        visit(page, name)
        hints[name] = page.locator(HINTS).count()

    assert recorder.foreign_addresses == []
    assert recorder.cookies == []
    assert hints == dict.fromkeys(PAGE_TYPES, 0)
    assert [complaint.partition(" (")[0] for complaint in recorder.complaints] == [
        f"Failed to load resource: the server responded with a status of {kind.status}"  # of the page itself, as meant
        for kind in PAGE_TYPES.values()
        if kind.status != 200
    ]


def test_recorder_notices_a_page_that_does_everything_wrong(page, recorder):
    policy = page.request.get("/impressum/").headers["content-security-policy"]
    headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
    page.route("**/leck/", lambda route: route.fulfill(headers=headers, body=LEAKY))

    page.goto("/leck/")

    assert recorder.foreign_addresses == ["https://other.example/pixel.png"]
    assert [complaint.partition(" violates")[0] for complaint in recorder.complaints] == [
        "Loading the image 'https://other.example/pixel.png'",
        "Executing inline script",
    ]
    assert page.locator(HINTS).count() == 1


def test_recorder_notices_a_cookie(page, recorder):
    page.goto("/redaktion/")

    assert recorder.cookies == ["csrftoken", "csrftoken"]
