"""The environment, read and checked once. Every setting is documented in `docs/operations.md`."""

import os
from functools import cache
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.base import Base


class Settings(Base):
    """What may be set from outside; names are the environment's, in lower case here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    portal_stage: Literal["local", "dev", "test", "prod"] = "prod"
    table_name: str = "portal"
    media_bucket: str = "portal-media"
    aws_region: str = "us-east-1"
    aws_endpoint_url: str | None = None
    #: Base address of the deployed portal, without a trailing slash; None takes it from each request.
    public_origin: str | None = None
    #: Path below which API Gateway serves the stage, such as "/api"; empty with a custom domain.
    base_path: str = ""
    #: Where the data keys are: a file (made if missing, local only) …
    key_file: str | None = None
    #: … or the keyring, encrypted by KMS, in base64.
    keyring_ciphertext: str | None = None
    company_file: str = "company/company.json"
    #: Providers of messages besides SNS; None is SNS alone.
    messages_file: str | None = None
    #: Their secrets, encrypted by KMS, in base64; locally a file with them.
    message_secrets_ciphertext: str | None = None
    message_secrets_file: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    #: Sign-in codes: requirements of the first release; caps are per hour.
    code_minutes: int = Field(5, ge=1)
    code_tries: int = Field(5, ge=1)
    code_resend_seconds: int = Field(60, ge=1)
    codes_per_phone: int = Field(5, ge=1)
    codes_per_address: int = Field(30, ge=1)
    owner_session_hours: int = Field(30 * 24, ge=1)
    staff_session_hours: int = Field(12, ge=1)
    #: Caps against abuse, per person and day.
    reports_per_day: int = Field(20, ge=1)
    photos_per_day: int = Field(200, ge=1)
    messages_per_day: int = Field(200, ge=1)
    follows_per_day: int = Field(50, ge=1)
    bookings_per_day: int = Field(20, ge=1)
    #: Numbers left with invitations, per hour: from one network address, and with one code.
    claims_per_address: int = Field(30, ge=1)
    claims_per_code: int = Field(30, ge=1)

    @property
    def is_local(self) -> bool:
        """True on somebody's own machine: http, demo data, messages kept instead of sent."""
        return self.portal_stage == "local"

    @property
    def storage_behind_portal(self) -> bool:
        """Whether phones reach the media store through the portal's own address, as on the embedded engine."""
        return self.is_local and self.aws_endpoint_url is not None

    @property
    def cookie_name(self) -> str:
        """The session cookie; the prefix makes browsers insist on https and the exact host."""
        return "session" if self.is_local else "__Host-session"


def read_settings(environment: dict[str, str]) -> Settings:
    """Settings from an environment; raises pydantic's ValidationError naming what is wrong."""
    known = {
        name: environment[name.upper()] for name in Settings.model_fields if environment.get(name.upper())
    }
    return Settings.model_validate(known)


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(dict(os.environ))
