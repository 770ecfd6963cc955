"""Settings: the one file that reads the environment and `.env`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from handlers.flows.office import Setup
from qualification.definition import parse_definition
from qualification.errors import Refused
from store.database import database_url

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DEFINITION = Path(__file__).parents[1] / "qualification" / "definition.yml"


class BadSeed(Refused):
    """GREENLIGHT_DEFINITION can't become the first version of the rules."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"GREENLIGHT_DEFINITION, {file}, can't be used: {reason}")


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
    greenlight_country: str = "DE"
    greenlight_currency: str = "EUR"
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

    @field_validator("greenlight_country", "greenlight_currency")
    @classmethod
    def _a_code(cls, code: str, field: ValidationInfo) -> str:
        length, example = (2, "DE") if field.field_name == "greenlight_country" else (3, "EUR")
        if not (len(code) == length and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f"must be {length} capital letters, like {example}")
        return code

    @field_validator("greenlight_log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in LEVELS:
            raise ValueError(f"must be one of {', '.join(LEVELS)}")
        return level.upper()

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, url: str) -> str:
        database_url(url)
        return url

    @field_validator("slack_api_url", "public_url", "greenlight_webhook_url", "greenlight_crm_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("must be a whole address, beginning with https:// (or http://)")
        return url

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
        """The definition that seeds version 1.

        Raises:
            BadSeed: it can't be read, or makes no sense. Once in force it would end every start.
        """
        file = Path(self.greenlight_definition or DEFINITION)
        try:
            text = file.read_text(encoding="utf-8")
            parse_definition(text)
        except OSError as problem:
            raise BadSeed(file, problem.strerror or "can't be read") from problem
        except UnicodeDecodeError as problem:
            raise BadSeed(file, "it is no text in UTF-8") from problem
        except Refused as problem:
            raise BadSeed(file, str(problem)) from problem
        return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def given_names() -> set[str]:
    """The names set in the environment or in `.env`, ours or not, in capitals."""
    return {name.upper() for name in (*os.environ, *DotEnvSettingsSource(Settings).env_vars)}


def read_settings() -> Settings:
    """The settings, or exit code 2 with what is wrong in words."""
    try:
        return Settings()
    except ValidationError as wrong:
        for problem in wrong.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            print(f"{name}: {problem['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        sys.exit(2)
