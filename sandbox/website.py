"""A company's website with a form: the stand-in for where leads come from.

Its server keeps the intake key and hands each form in, as a real website's server would.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import aiohttp
from aiohttp import web

PAGE = Path(__file__).with_name("page") / "website.html"
TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Website:
    """`GET /website` shows the form, `POST /website` sends it on.

    Args:
        intake: Address of the bot's `POST /intake/leads`; without one the page says so.
        key: Its intake key.
    """

    intake: str
    key: str

    def add_to(self, app: web.Application) -> None:
        """Serve the website under the sandbox's port."""
        app.router.add_get("/website", self.show)
        app.router.add_post("/website", self.send)

    async def show(self, _request: web.Request) -> web.Response:
        """The empty form."""
        return self._page("" if self.intake else "Not connected to a bot: set INTAKE_URL and INTAKE_KEY.")

    async def send(self, request: web.Request) -> web.Response:
        """Hand the form in, and tell the visitor what came of it."""
        form = {name: str(value) for name, value in (await request.post()).items() if str(value).strip()}
        if not self.intake:
            return self._page("Not sent: this website is not connected to a bot.")
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(self.intake, json=form, headers=headers) as answer,
            ):
                told = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as lost:
            return self._page(f"Not sent: the bot did not answer ({type(lost).__name__}).")
        return self._page(_words(answer.status, told))

    def _page(self, says: str) -> web.Response:
        note = f'<p class="note" role="status">{escape(says)}</p>' if says else ""
        text = PAGE.read_text(encoding="utf-8").replace("<!-- note -->", note)
        return web.Response(text=text, content_type="text/html")


def _words(status: int, told: dict[str, object]) -> str:
    if status == 202:
        lead = told.get("lead") or "no lead"
        return f"Thank you. The bot answered: {told.get('status')}, {lead}. Look at #leads."
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    return f"Not accepted ({status}): {first.get('message', 'no reason given')}"
