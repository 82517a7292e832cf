"""messages/smtp.py — one e-mail by SMTP, and what went wrong in words of our own. Never inside a unit of work."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from enum import StrEnum

from ..config import Mail as MailSettings
from ..kernel.slow_work import refuse_inside_unit_of_work
from ..kernel.text import normalize_text
from .timed_smtp import TimedSMTP, TimedSMTPS, TimeLimit

PORTS = {"none": 25, "starttls": 587, "tls": 465}
LONGEST_NAME = 100
_TEMPORARY = range(400, 500)


class MailProblem(StrEnum):
    """Why an e-mail did not go out."""

    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    LOGIN = "login"
    SENDER = "sender"
    LATER = "later"
    REFUSED = "refused"


class MailError(Exception):
    """`detail`: the post office's own words, for whoever looks after the computer."""

    def __init__(self, problem: MailProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem, self.detail = problem, detail

    @property
    def is_of_server(self) -> bool:
        """Would the next letter fail just the same?"""
        return self.problem not in {MailProblem.LATER, MailProblem.REFUSED}

    @property
    def is_final(self) -> bool:
        """Does no other try help?"""
        return self.problem is MailProblem.REFUSED


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A letter to one person."""

    to_name: str
    to_address: str
    from_name: str
    subject: str
    body: str
    token: str
    at: datetime


@contextmanager
def open_smtp(settings: MailSettings) -> Iterator[TimedSMTP]:
    """A connection to the post office, safe and signed in as configured. Raises MailError."""
    refuse_inside_unit_of_work("an e-mail")
    limit = TimeLimit(settings.timeout_seconds)
    try:
        with limit.watch():
            smtp = _connect(settings, limit)
    except smtplib.SMTPAuthenticationError as wrong:
        raise MailError(MailProblem.LOGIN, _describe_answer(wrong)) from wrong
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as wrong:
        raise MailError(MailProblem.INSECURE, str(wrong)) from wrong
    except (OSError, smtplib.SMTPException) as wrong:
        raise MailError(MailProblem.UNREACHABLE, str(wrong)) from wrong
    else:
        try:
            yield smtp
        finally:
            with suppress(OSError, smtplib.SMTPException), limit.watch():
                smtp.quit()
            smtp.close()
    finally:
        limit.close()


def _connect(settings: MailSettings, limit: TimeLimit) -> TimedSMTP:
    port, seconds = settings.port or PORTS[settings.security], settings.timeout_seconds
    own_name = settings.from_address.rpartition("@")[2]
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    smtp: TimedSMTP
    if settings.security == "tls":
        smtp = TimedSMTPS(
            limit, settings.host, port, local_hostname=own_name, timeout=seconds, context=context
        )
    else:
        smtp = TimedSMTP(limit, settings.host, port, local_hostname=own_name, timeout=seconds)
    try:
        if settings.security == "starttls":
            smtp.starttls(context=context)
        if settings.user:
            smtp.login(settings.user, settings.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def send_mail(smtp: TimedSMTP, mail: OutgoingMail, settings: MailSettings) -> None:
    """Hand one letter over. Returns when the post office has taken it; raises MailError."""
    refuse_inside_unit_of_work("an e-mail")
    try:
        letter = compose_letter(mail, settings.from_address)
        with smtp.limit.watch():
            smtp.send_message(letter, settings.from_address, [mail.to_address])
    except smtplib.SMTPRecipientsRefused as wrong:
        code, said_by_server = next(iter(wrong.recipients.values()))
        raise MailError(_judge_code(code), f"{code} {said_by_server!r}") from wrong
    except smtplib.SMTPSenderRefused as wrong:
        problem = MailProblem.LATER if wrong.smtp_code in _TEMPORARY else MailProblem.SENDER
        raise MailError(problem, _describe_answer(wrong)) from wrong
    except smtplib.SMTPDataError as wrong:
        raise MailError(_judge_code(wrong.smtp_code), _describe_answer(wrong)) from wrong
    except (OSError, smtplib.SMTPException) as wrong:
        raise MailError(MailProblem.UNREACHABLE, str(wrong)) from wrong
    except (ValueError, MessageError) as wrong:  # an address that no letter can carry
        raise MailError(MailProblem.REFUSED, str(wrong)) from wrong


def compose_letter(mail: OutgoingMail, from_address: str) -> EmailMessage:
    """The letter with its headers: names lose line ends and signs that no one sees, so that none begins a header of its own."""
    letter = EmailMessage(policy=SMTP_POLICY)
    letter["From"] = Address(display_name=_tidy_name(mail.from_name), addr_spec=from_address)
    letter["To"] = Address(display_name=_tidy_name(mail.to_name), addr_spec=mail.to_address)
    letter["Subject"] = normalize_text(mail.subject)
    letter["Date"] = format_datetime(mail.at)
    letter["Message-ID"] = f"<{mail.token}@{from_address.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.body)
    return letter


def _tidy_name(name: str) -> str:
    return normalize_text(name)[:LONGEST_NAME]


def _judge_code(code: int) -> MailProblem:
    return MailProblem.LATER if code in _TEMPORARY else MailProblem.REFUSED


def _describe_answer(wrong: smtplib.SMTPResponseException) -> str:
    text = wrong.smtp_error
    return f"{wrong.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
