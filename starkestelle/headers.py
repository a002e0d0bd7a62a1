"""The security headers of every response."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SOURCES = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "frame-src": "'self'",  # the preview of an embed
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FOR_FRAMES = {"script-src": "'none'", "form-action": "'none'", "frame-src": "'none'", "frame-ancestors": "*"}


def policy(sources: dict[str, str]) -> str:
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())


HEADERS = {
    "Content-Security-Policy": policy(SOURCES),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# A page that frames us and isolates itself (COEP) may load only what says that it is for other origins.
SHARED = HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}
EMBED = SHARED | {"Content-Security-Policy": policy(SOURCES | FOR_FRAMES)}
EVERYBODY = "public, max-age=5, stale-while-revalidate=10, stale-if-error=3600"
ONE_VISITOR = "private, max-age=5"
STAFF_AREA = "/redaktion/"
STAFF = {
    "Referrer-Policy": "same-origin",  # without one browsers send "Origin: null", which Django's CSRF check refuses
    "Content-Security-Policy": policy(SOURCES | {"connect-src": "'self'"}),  # forms ask whether the sign-in still holds
}


def cache_control(query: str) -> str:
    """Who may keep a public page, and for how long; an edit shows within seconds.

    What a visitor said stands in the query, and a proxy keeps pages in files, under their address.
    """
    return ONE_VISITOR if query else EVERYBODY


def may_be_kept(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether others may be shown this answer: a public page, complete, and nothing of the visitor in it."""
    return (
        response.status_code == 200
        and getattr(response, "is_public_page", False)
        and not getattr(request, "is_incomplete", False)
        and not response.cookies
        and not response.has_header("Vary")
        and not response.has_header("Cache-Control")
    )


class SecurityHeadersMiddleware:
    """The outermost middleware, so that errors and static files carry the headers too; SecurityMiddleware adds its own.

    Only a view marked with Django's xframe_options_exempt may be framed by other websites, and only the answers of one
    marked with public_page may be kept.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.headers(request, response).items():
            response.headers.setdefault(name, value)
        if may_be_kept(request, response):
            response.headers["Cache-Control"] = cache_control(request.META.get("QUERY_STRING", ""))
        if request.path.startswith(STAFF_AREA):
            for name, value in STAFF.items():
                response.headers[name] = value
        return response

    def headers(self, request: HttpRequest, response: HttpResponseBase) -> dict[str, str]:
        if getattr(response, "xframe_options_exempt", False):
            return EMBED
        # a sandboxed frame has no origin, so that our own style sheets are another origin's for it
        return SHARED if request.path.startswith(settings.STATIC_URL) else HEADERS
