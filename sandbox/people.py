"""Who and what is in the workspace at the start."""

from __future__ import annotations

from dataclasses import dataclass, field

TEAM_ID = "TSANDBOX"
TEAM_NAME = "Greenlight sandbox"
TEAM_DOMAIN = "sandbox"
BOT_USER = "UGREENLIGHT"
BOT_ID = "BGREENLIGHT"
APP_ID = "ASANDBOX"

DEFAULT_SCOPES = (
    "chat:write",
    "chat:write.public",
    "commands",
    "users:read",
    "users:read.email",
    "channels:history",
    "channels:read",
    "groups:history",
    "groups:read",
    "im:write",
    "im:history",
    "files:read",
    "files:write",
    "usergroups:read",
)


@dataclass
class Person:
    """Someone with an account; `deleted` is Slack's word for deactivated."""

    id: str
    name: str
    real_name: str
    title: str
    tz: str = "Europe/Berlin"
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    is_guest: bool = False
    """Slack's restricted account: somebody from outside, in some channels only."""

    @property
    def email(self) -> str:
        return f"{self.name}@sandbox.example"


@dataclass
class Channel:
    """A channel, or a direct message between one person and the bot (`im_with` is that person)."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_archived: bool = False
    is_shared: bool = False
    """Slack Connect: another company reads along."""
    im_with: str | None = None
    created: int = 1_700_000_000

    @property
    def is_im(self) -> bool:
        return self.im_with is not None


@dataclass
class Group:
    """A user group such as @reps."""

    id: str
    name: str
    handle: str
    users: list[str]


def founders() -> list[Person]:
    """The five people of the workspace and the bot's own user."""
    return [
        Person("UANA", "ana", "Ana Torres", "Sales development rep"),
        Person("UBEN", "ben", "Ben Okafor", "Sales development rep", tz="Europe/London"),
        Person("UMAYA", "maya", "Maya Lindqvist", "Sales manager"),
        Person("UMARK", "mark", "Mark Chen", "Demand generation", tz="America/New_York"),
        Person("UADAM", "adam", "Adam Novak", "Workspace admin", is_admin=True),
        Person(BOT_USER, "greenlight", "Greenlight", "App", tz="UTC", is_bot=True),
    ]


def first_channels() -> list[Channel]:
    """Everyone is in both channels, the bot too."""
    everyone = [person.id for person in founders()]
    return [Channel("CLEADS", "leads", list(everyone)), Channel("CALERTS", "sales-alerts", list(everyone))]


def first_groups() -> list[Group]:
    """The reps' group, mentioned when someone asks for a demo."""
    return [Group("SREPS", "Reps", "reps", ["UANA", "UBEN"])]
