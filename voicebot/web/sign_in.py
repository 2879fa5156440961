"""Signing in, and the lock on what only some may see: `Depends(require(Role.STAFF))`."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from voicebot.access.sign_in import Access, SignedIn
from voicebot.errors import SignInRefused, SignInSlowed
from voicebot.model import Role
from voicebot.web.guard import same_site
from voicebot.web.staff_pages import StaffPages

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing, and so need no token."""

HOMES = {Role.OPERATOR: "/desk", Role.SUPERVISOR: "/desk/supervisor", Role.STAFF: "/staff"}
"""Where each role begins."""


class NotSignedIn(Exception):
    """There is no session, or it has expired."""


class NotAllowed(Exception):
    """The session is good, the request is not: another role, another site, no token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require(*roles: Role) -> Callable[[Request], Awaitable[SignedIn]]:
    """A dependency that lets in who has one of the roles; any who is signed in when none is given.

    Whatever changes something must also come from our own page, with the session's token in the
    header `X-CSRF-Token` or in a form's field `csrf`.
    """

    async def lock(request: Request) -> SignedIn:
        access: Access = request.app.state.access
        token = request.cookies.get(cookie(request))
        who = await access.who(token) if token else None
        if who is None:
            raise NotSignedIn
        if request.method not in SAFE:
            await _check_ours(request, who)
        if roles and not who.account.roles.intersection(roles):
            raise NotAllowed("your account is not for this page")
        return who

    return lock


async def _check_ours(request: Request, who: SignedIn) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not given and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get("csrf")
        given = field if isinstance(field, str) else ""
    if not same_site(request.headers) or not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise NotAllowed("this did not come from the page that you have open: load it again")


def cookie(request: Request) -> str:
    """The cookie's name; over HTTPS one that no other host can set (RFC 6265bis, 4.1.3)."""
    return "__Host-session" if request.url.scheme == "https" else "session"


def add_sign_in(app: FastAPI, access: Access, pages: StaffPages) -> None:
    """The sign-in page, signing out, and what those meet who may not come in."""
    app.state.access = access
    app.state.staff_pages = pages
    leaving: list[Callable[[SignedIn], Awaitable[None]]] = []
    app.state.on_sign_out = leaving
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(NotAllowed, _forbidden)

    @app.get("/sign-in", response_class=HTMLResponse)
    async def page(request: Request) -> HTMLResponse:
        return await _page(request, target=request.query_params.get("next", ""))

    @app.post("/sign-in")
    async def sign_in(
        request: Request,
        account: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        target: Annotated[str, Form(alias="next", max_length=200)] = "",
    ) -> Response:
        if not same_site(request.headers):
            raise NotAllowed("sign in from this site's own page")
        try:
            token = await access.sign_in(account, password, _address(request))
        except SignInSlowed as slowed:
            answer = await _page(request, target, account, wait=slowed.seconds)
            answer.headers["Retry-After"] = str(round(slowed.seconds) + 1)
            return answer
        except SignInRefused:
            return await _page(request, target, account, wrong=True)
        who = await access.who(token)
        assert who is not None
        there = RedirectResponse(target if target in HOMES.values() else _home(who), 303)
        https = request.url.scheme == "https"
        there.set_cookie(cookie(request), token, httponly=True, secure=https, samesite="strict")
        return there

    @app.post("/sign-out")
    async def sign_out(
        request: Request, who: Annotated[SignedIn, Depends(require())]
    ) -> RedirectResponse:
        for leave in leaving:
            await leave(who)
        await access.sign_out(who.digest)
        there = RedirectResponse("/sign-in", 303)
        there.delete_cookie(cookie(request), httponly=True, samesite="strict")
        return there


async def _page(
    request: Request, target: str, account: str = "", wrong: bool = False, wait: float = 0.0
) -> HTMLResponse:
    access: Access = request.app.state.access
    pages: StaffPages = request.app.state.staff_pages
    html = pages.render(
        request,
        "sign_in.html",
        target=target if target in HOMES.values() else "",
        account=account,
        wrong=wrong,
        wait=round(wait) + 1 if wait else 0,
        empty=await access.empty(),
    )
    return HTMLResponse(html, 429 if wait else 401 if wrong else 200)


async def _to_sign_in(request: Request, _: Exception) -> Response:
    if _wants_page(request):
        return RedirectResponse(f"/sign-in?next={request.url.path}", 303)
    message = "sign in: there is no session, or it has expired"
    return JSONResponse({"error": "not_signed_in", "message": message}, 401)


async def _forbidden(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)
    if _wants_page(request):
        pages: StaffPages = request.app.state.staff_pages
        return HTMLResponse(pages.render(request, "forbidden.html"), 403)
    return JSONResponse({"error": "not_allowed", "message": error.reason}, 403)


def _wants_page(request: Request) -> bool:
    return request.method in SAFE and "text/html" in request.headers.get("accept", "")


def _home(who: SignedIn) -> str:
    return next(home for role, home in HOMES.items() if role in who.account.roles)


def _address(request: Request) -> str:
    """Whom to slow down; of IPv6 the network, since a household has 2^64 addresses."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network(f"{host}/64", strict=False))
