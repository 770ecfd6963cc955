"""Every outbox topic and what delivers it."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from bot.deliveries.alert import AlertDeliveries
from bot.deliveries.card import CardDeliveries
from bot.deliveries.clocks import Clocks
from bot.deliveries.counting import Counting
from bot.deliveries.daily import Daily
from bot.deliveries.definition import DefinitionDeliveries
from bot.deliveries.desk import Desk
from bot.deliveries.dm import DirectMessages
from bot.deliveries.erase import ErasureDeliveries
from bot.deliveries.home import HomeDelivery
from bot.deliveries.numbers import Numbers
from bot.deliveries.ops import OperatorNews
from bot.deliveries.same_person import SamePersonDeliveries
from bot.deliveries.scores import Scores
from bot.deliveries.thread import ThreadDelivery
from bot.deliveries.waiting import WaitingDeliveries
from bot.deliveries.webhook import WebhookDelivery
from bot.settings import Settings
from bot.slack_out import SlackOut
from bot.worker import Delivery
from handlers.flows.office import Office


def all_deliveries(
    office: Office, slack: SlackOut, session: aiohttp.ClientSession, settings: Settings
) -> Mapping[str, Delivery]:
    """Topic → delivery. A topic without one fails a test, and so does a delivery nobody asks for."""
    desk = Desk(office, slack)
    card, alert, clocks = CardDeliveries(desk), AlertDeliveries(desk), Clocks(desk)
    daily, erasure, rules = Daily(desk), ErasureDeliveries(desk), DefinitionDeliveries(desk)
    people, waiting = SamePersonDeliveries(desk), WaitingDeliveries(desk)
    webhook = WebhookDelivery(
        desk, session, settings.greenlight_webhook_url, settings.greenlight_webhook_secret
    )
    numbers = Numbers(desk)
    return {
        "card.post": card.post,
        "card.redraw": card.redraw,
        "cards.digest": card.digest,
        "thread.say": ThreadDelivery(desk).say,
        "thread.overdue": clocks.overdue,
        "alert.post": alert.post,
        "alert.redraw": alert.redraw,
        "person.ask": people.ask,
        "person.redraw": people.redraw,
        "home.redraw": HomeDelivery(desk).redraw,
        "dm.send": DirectMessages(desk).send,
        "webhook.stage": webhook.stage,
        "clock.claim": clocks.claim,
        "clock.touch": clocks.touch,
        "lead.wake": clocks.wake,
        "lead.back": clocks.back,
        "lead.next_step": clocks.next_step,
        "card.refresh": daily.redraw_card,
        "cards.nightly": daily.redraw_cards,
        "privacy.redraw": daily.redraw_for_privacy,
        "leads.morning": daily.morning,
        "house.sweep": daily.sweep,
        "erase.slack": erasure.slack,
        "erase.asked": erasure.asked,
        "retention.nightly": erasure.retention,
        "erase.due": erasure.due,
        "erase.receipt": erasure.receipt,
        "erase.sweep": erasure.sweep,
        "erase.forget": erasure.forget,
        "proposal.effect": rules.effect,
        "proposal.redraw": rules.redraw,
        "waiting.decide": waiting.decide,
        "waiting.progress": waiting.progress,
        "definition.told": rules.told,
        "definition.progress": rules.progress,
        "definition.rescore": rules.rescore,
        "kpi.csv": numbers.csv,
        "kpi.digests": numbers.order,
        "kpi.digest": numbers.digest,
        "kpi.recount": Counting(desk).recount,
        "scores.lower": Scores(desk).lower,
        "scores.first": Scores(desk).lower,
        "ops.dead_job": OperatorNews(desk).dead_job,
        "ops.unreachable": OperatorNews(desk).unreachable,
    }
