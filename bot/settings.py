"""Settings: the one file that reads the environment and `.env`."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handlers.flows.office import Setup

DEFINITION = Path(__file__).parents[1] / "qualification" / "definition.yml"


class Settings(BaseSettings):
    """Everything that can be set. Names, defaults and meaning are in the README's table."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_app_token: str = ""
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite+aiosqlite:///greenlight.db"
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=0, le=65535)
    public_url: str = ""
    greenlight_leads_channel: str = ""
    greenlight_alerts_channel: str = ""
    greenlight_admins: str = ""
    greenlight_managers: str = ""
    greenlight_marketers: str = ""
    greenlight_reps_group: str = ""
    greenlight_timezone: str = "UTC"
    greenlight_country: str = Field("DE", pattern="^[A-Z]{2}$")
    greenlight_currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    greenlight_definition: str = ""
    greenlight_intake_key: str = ""
    greenlight_webhook_url: str = ""
    greenlight_webhook_secret: str = ""
    greenlight_crm_url: str = ""
    greenlight_log_level: str = "INFO"
    greenlight_lease_seconds: float = Field(60, gt=0)
    """How long a job stays with a process that died; longer than any Web API call may take."""

    @field_validator("greenlight_timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"{name} is no time zone; write it like Europe/Berlin") from unknown
        return name

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, url: str) -> str:
        return url if url.endswith("/") else url + "/"

    @property
    def setup(self) -> Setup:
        """The part that flows know."""
        return Setup(
            zone=ZoneInfo(self.greenlight_timezone),
            country=self.greenlight_country,
            currency=self.greenlight_currency,
            leads_channel=self.greenlight_leads_channel,
            alerts_channel=self.greenlight_alerts_channel,
            admins=_words(self.greenlight_admins),
            managers=_words(self.greenlight_managers),
            marketers=_words(self.greenlight_marketers),
            reps_group=self.greenlight_reps_group,
            crm_url=self.greenlight_crm_url,
            public_url=self.public_url,
        )

    @property
    def definition_text(self) -> str:
        """The definition that seeds version 1."""
        return Path(self.greenlight_definition or DEFINITION).read_text(encoding="utf-8")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def read_settings() -> Settings:
    """The settings, or exit code 2 with what is wrong in words."""
    try:
        return Settings()
    except ValidationError as wrong:
        for problem in wrong.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        sys.exit(2)
