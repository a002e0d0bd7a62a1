"""One way to answer with public data: for every website, cacheable, packed for those who accept it.

    @open_data
    def services(request):
        return send(request, json.dumps(page).encode(), "application/json")

Small answers are bytes (`send`); what is large is made once a version (files.py) and sent from there (`send_file`).
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header, http_date, parse_http_date

from directory.opendata.files import PIECE, Busy, KeptFile
from directory.packing import PACKERS, best_encoding

FRESH = 5 * 60  # seconds for which a copy is as good as ours
STALE = 7 * 24 * 3600  # seconds for which a cache may go on with its copy while we are out of reach
WORTH_PACKING = 500  # bytes; less gains nothing
FOR_ALL = {
    "Access-Control-Allow-Origin": "*",  # nothing here depends on who asks
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": f"public, max-age={FRESH}, stale-if-error={STALE}",
}


def open_data(view: Callable) -> Callable:
    """For views with public data: GET and HEAD only, open to scripts of every website, cacheable."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        safe = request.method in ("GET", "HEAD")
        response = view(request, *args, **kwargs) if safe else HttpResponseNotAllowed(["GET", "HEAD"])
        for name, value in FOR_ALL.items():
            response.headers.setdefault(name, value)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    return answer


def send(request: HttpRequest, body: bytes, content_type: str, *, status: int = 200) -> HttpResponse:
    encoding = _encoding_for(request) if len(body) >= WORTH_PACKING else ""
    headers = {"ETag": _etag(sha256(body).hexdigest(), encoding)}
    if status == 200 and (unchanged := _unchanged(request, headers)):
        return unchanged
    if encoding:
        body = PACKERS[encoding](body)
        headers["Content-Encoding"] = encoding
    headers["Content-Length"] = str(len(body))
    body = b"" if request.method == "HEAD" else body
    return HttpResponse(body, content_type=content_type, headers=headers, status=status)


def send_file(request: HttpRequest, file: KeptFile) -> HttpResponse | StreamingHttpResponse:
    """A kept file: a small one at once, a large one piece by piece, or 503 while enough of those are under way."""
    encoding = _encoding_for(request)
    headers = {
        "Content-Disposition": content_disposition_header(True, file.name),
        "ETag": _etag(file.sha256, encoding),
        "Last-Modified": http_date(file.modified.timestamp()),
    }
    if unchanged := _unchanged(request, headers):
        return unchanged
    headers["Content-Length"] = str(file.sizes[encoding])
    if encoding:
        headers["Content-Encoding"] = encoding
    if request.method == "HEAD":
        return HttpResponse(content_type=file.content_type, headers=headers)
    if file.sizes[encoding] <= PIECE:
        return HttpResponse(file.read(encoding), content_type=file.content_type, headers=headers)
    try:
        return StreamingHttpResponse(file.pieces(encoding), content_type=file.content_type, headers=headers)
    except Busy:
        return HttpResponse(status=503, headers={"Retry-After": "10", "Cache-Control": "no-store"})


def _encoding_for(request):
    return best_encoding(request.headers.get("Accept-Encoding", ""))


def _etag(checksum, encoding):
    """A strong one stands for bytes, so each encoding has its own."""
    return f'"{checksum[:32]}{encoding and "-" + encoding}"'


def _unchanged(request, headers):
    """304 or 412 where the client's conditions ask for it (RFC 9110, 13)."""
    modified = headers.get("Last-Modified")
    whole = HttpResponse(headers=headers)
    answer = get_conditional_response(request, headers["ETag"], modified and parse_http_date(modified), whole)
    return None if answer is whole else answer
