"""The security headers of every response."""

from django.conf import settings

SOURCES = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "font-src": "'self'",
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
STAFF_AREA = "/redaktion/"  # without a referrer browsers send "Origin: null", which Django's CSRF check refuses


class SecurityHeadersMiddleware:
    """Outermost, so that errors and static files carry the headers too; SecurityMiddleware adds its own.

    Only a view marked with Django's xframe_options_exempt may be framed by other websites.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.headers(request, response).items():
            response.headers.setdefault(name, value)
        if request.path.startswith(STAFF_AREA):
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    def headers(self, request, response):
        if getattr(response, "xframe_options_exempt", False):
            return EMBED
        # a sandboxed frame has no origin, so that our own style sheets are another origin's for it
        return SHARED if request.path.startswith(settings.STATIC_URL) else HEADERS
