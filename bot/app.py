"""Greenlight put together: store, office, listeners, deliveries, worker and web server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.bombs import hang_up_on_bombs
from bot.clock import utc_now
from bot.deliveries.all import all_deliveries
from bot.deliveries.daily import plan_days
from bot.folding import fold_forever
from bot.intake_desk import EventEar, intake_desk
from bot.metrics import Metrics
from bot.outbound import guarded_session
from bot.own_token import OwnToken
from bot.people import learn_people
from bot.probe import schema_of
from bot.quiet_logs import log_only_our_faults
from bot.replay import retry
from bot.request_ids import name_requests, name_socket_messages
from bot.settings import Settings
from bot.slack_door import NotSlack, answer_what_broke, answered, from_slack
from bot.slack_out import SlackOut
from bot.traffic import Traffic, count_traffic, notice_people
from bot.worker import Worker
from handlers.flows.admin_code import admin_code
from handlers.flows.counting import begin_to_count
from handlers.flows.news import WEBHOOK_LANES
from handlers.flows.office import Office
from handlers.http.events import add_event_routes
from handlers.http.health import Health, add_health
from handlers.http.intake import add_routes
from handlers.http.kpi import add_kpi_routes
from handlers.http.openapi import add_openapi
from handlers.http.own_page import add_own_page
from handlers.slack import register_all
from handlers.slack.places import learn_places
from handlers.slack.reception import Reception
from store.finish import Patience
from store.jobs import LaneGap, every_second
from store.lock import hold_database
from store.migrate import upgrade
from store.store import Store, reachable

VERSION = "0.1.0"
ACK_TIMEOUT = 10
"""Seconds for a Web API call: well under the worker's lease, so that none outlives its job."""
SLACK_RETRY = 300.0
"""Seconds between two attempts to reach Slack at most; it begins with two."""
PEOPLE_EVERY = 3600.0
"""Seconds after which the member list is read anew: people come, go and change their names."""
IDLE = 75.0
"""Seconds a connection may take for its headers or stay idle: a little more than balancers' own minute."""
LINGER = 5.0
"""Seconds for which the rest of a refused body is still read, so that its sender gets to see the answer."""
LONG = Patience(attempts=300)
"""About half a day of trying: Slack was down for hours before, and then nobody should replay by hand."""
log = logging.getLogger("greenlight")


def pace(lane: str) -> timedelta:
    """The time between two starts in a lane: webhooks only keep their order, Slack also wants a pause."""
    return timedelta() if lane.startswith(WEBHOOK_LANES) else every_second(lane)


class Greenlight:
    """One running bot.

    Args:
        settings: What the environment says.
        clock: The moment; tests bring their own.
        http: False for a worker alone.
        lane_gap: The pace of each lane of the outbox; Slack takes one message a second and channel.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] | None = None,
        *,
        http: bool = True,
        lane_gap: LaneGap = pace,
    ) -> None:
        self.settings = settings
        self._story_clock = clock
        self._lane_gap = lane_gap
        self.http = http
        self.clock = clock or utc_now
        self.team: str | None = None
        self.port = 0
        self.metrics = Metrics()
        self._traffic = Traffic()
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Open, migrate, listen, work. Slack may be down: what waits for it is sent when it is back.

        Raises:
            DatabaseInUse: another process serves this SQLite file.
            DatabaseAway: the database can't be reached.
            OSError: the port can't be used.
        """
        with reachable():
            self._stack.enter_context(hold_database(self.settings.database_url))
            await upgrade(self.settings.database_url)
        self.store = Store(self.settings.database_url, self._story_clock)
        await self.store.open()
        self._stack.push_async_callback(self.store.close)
        self.where = await self.store.workspace()
        await self._seed()
        self.office = Office(self.store, self.settings.setup, self.clock)
        self.session = await self._stack.enter_async_context(guarded_session())
        self.client = AsyncWebClient(
            token=self.settings.slack_bot_token,
            base_url=self.settings.slack_api_url,
            session=self.session,
            timeout=ACK_TIMEOUT,
            retry_handlers=[],
        )
        self.slack = SlackOut(self.client)
        self._own_token = OwnToken(self.settings.slack_bot_token)
        self.reception = Reception(
            self.office,
            self.where,
            lambda: self.team,
            self.session,
            self._traffic.let_by,
            partial(retry, self.office),
        )
        self.bolt = self._bolt()
        deliveries = all_deliveries(self.office, self.slack, self.session, self.settings)
        lease = timedelta(seconds=self.settings.greenlight_lease_seconds)
        self.worker = Worker(
            self.store,
            deliveries,
            lease=lease,
            heartbeat=lease / 3,
            patience=dict.fromkeys(deliveries, LONG),
            lane_gap=self._lane_gap,
            let_by=self._traffic.let_by,
        )
        await self.worker.start()
        self._stack.push_async_callback(self.worker.stop)
        self._stack.push_async_callback(self.reception.finish_errands)
        await begin_to_count(self.office, self.where)
        self._background(fold_forever(self.store, self._traffic.let_by))
        self._background(self._meet_slack())
        if self.http:
            await self._listen()

    async def stop(self) -> None:
        """Finish what was acknowledged, release the rest; also after a start that failed halfway.

        In the reverse order of the start: no more requests, then what they left behind, then the worker, and
        the database last.
        """
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def _seed(self) -> None:
        async with self.store.begin(self.where) as work:
            self.team = await work.house.team()  # so that we know whose bot we are also while Slack is down
            if await work.house.definition_text() is None:
                await work.house.seed_definition(self.settings.definition_text, "installation", self.clock())
            await plan_days(work, self.settings.greenlight_timezone)

    def _bolt(self) -> AsyncApp:
        """Bolt with its ack last: Slack's 200 means saved. It also has no 10 ms poll this way."""
        # Bolt takes SLACK_BOT_TOKEN from the environment too, and would warn at every start that ours counts.
        logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda said: "`token`" not in said.getMessage())
        app = AsyncApp(
            name="greenlight",  # else it reads the source of everybody on the stack to find one
            client=self.client,
            authorize=self._own_token,
            signing_secret=self.settings.slack_signing_secret,
            process_before_response=True,
            request_verification_enabled=False,  # bot/slack_door.py did it, before it read anything
        )
        if self.settings.slack_app_token:
            name_socket_messages(app)
        notice_people(app, self._traffic)
        register_all(app, self.reception)
        answer_what_broke(app)
        return app

    async def _listen(self) -> None:
        application = web.Application(
            client_max_size=1024 * 1024 + 1024,
            middlewares=[name_requests, count_traffic(self._traffic), hang_up_on_bombs],
        )
        log_only_our_faults()
        if self.settings.slack_signing_secret:
            self._verifier = SignatureVerifier(self.settings.slack_signing_secret)
            application.router.add_post("/slack/events", self._slack_request)
        first = self._traffic.people_first
        desk = intake_desk(self.office, self.where, self.settings, self._stack, self.metrics, first)
        add_event_routes(application, desk, EventEar(self.office, self.where, self._stack, first))
        add_routes(application, desk)
        add_kpi_routes(application, self.office, self.where, desk.guesses)
        add_own_page(application, self.office, self.where)
        add_health(application, self.health, self.metrics.registry, self._look_at_outbox)
        add_openapi(application, VERSION)
        runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=5, keepalive_timeout=IDLE, lingering_time=LINGER
        )
        self._stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, self.settings.host, self.settings.port).start()
        self.port = runner.addresses[0][1]

    async def _slack_request(self, request: web.Request) -> web.StreamResponse:
        try:
            read = await from_slack(request, self._verifier)
        except NotSlack as no:
            return web.Response(status=no.status, text=str(no))
        began = time.perf_counter()
        answer = await answered(self.bolt, read)
        self.metrics.clicks.labels(str(answer.status)).observe(time.perf_counter() - began)
        return await to_aiohttp_response(answer)

    async def greeting(self) -> list[str]:
        """What `serve` prints once it runs: where it listens, and the admin code while setup is open."""
        mode = "Socket Mode" if self.settings.slack_app_token else "HTTP"
        lines = (
            [f"Greenlight listens on http://{self.settings.host}:{self.port} ({mode})."] if self.http else []
        )
        setup = (await self.office.rules(self.where)).setup
        if not (setup.leads_channel and setup.alerts_channel and setup.admins):
            code = await admin_code(self.office, self.where)
            lines.append(f"To set it up, open the app's Home in Slack and enter this admin code: {code}")
        return lines

    async def health(self) -> Health:
        """How the parts are, for /readyz."""
        schema = await schema_of(self.store, self.where)
        return Health(schema is not None, schema, self.worker.healthy, self.slack.well)

    async def _look_at_outbox(self) -> None:
        await self.metrics.look_at_outbox(self.store, self.where)

    async def _meet_slack(self) -> None:
        """Learn which workspace this is, listen by socket if told to, and keep knowing who is in it."""
        await self._until_slack_answers(self._learn_team)
        if self.settings.slack_app_token and self.http:
            self._background(self._socket())
        while True:
            await self._until_slack_answers(self._learn_people)
            await asyncio.sleep(PEOPLE_EVERY)

    async def _until_slack_answers(self, ask: Callable[[], Awaitable[None]]) -> None:
        pause = 2.0
        while True:
            try:
                await ask()
            except Exception as problem:
                log.warning("Slack does not answer: %s", type(problem).__name__)
                self.slack.well = False
                await asyncio.sleep(pause)
                pause = min(2 * pause, SLACK_RETRY)
            else:
                self.slack.well = True
                return

    async def _learn_team(self) -> None:
        me = await self.client.auth_test()
        self.team = str(me["team_id"])
        self._own_token.learned(str(me["user_id"]), me.get("bot_id"))
        async with self.store.begin(self.where) as work:
            await work.house.name_team(self.team)

    async def _learn_people(self) -> None:
        await learn_people(self.client, self.store, self.where, self.clock())
        await learn_places(self.client, self.office, self.where)
        # Roles given by handle or e-mail address have their people only now.
        self.office.forget_rules()

    async def _socket(self) -> None:
        handler = AsyncSocketModeHandler(self.bolt, self.settings.slack_app_token)
        self._stack.push_async_callback(handler.close_async)
        await handler.connect_async()  # type: ignore[no-untyped-call]

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
