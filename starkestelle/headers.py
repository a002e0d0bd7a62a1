"""The security headers of every response."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STAFF_AREA = "/redaktion/"  # without a referrer browsers send "Origin: null", which Django's CSRF check refuses


class SecurityHeadersMiddleware:
    """Outermost, so that errors and static files carry the headers too; SecurityMiddleware adds its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(STAFF_AREA):
            response.headers["Referrer-Policy"] = "same-origin"
        return response
