"""A real SMTP server on loopback, that can be told to misbehave."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class PostOffice:
    """What came in. `answer`: what the server says to a letter; `refuses`: recipients that it doesn't know; `drops`: so many
    connections are cut when a letter has been sent.
    """

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 OK"
    refuses: str = ""
    drops: int = 0
    tried: int = 0
    on_letter: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        self.tried += 1
        if self.refuses and self.refuses in address:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drops:
            self.drops -= 1
            server.transport.close()
            return "250 OK"
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            letter = message_from_bytes(content, policy=policy.SMTP)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.recipients += envelope.rcpt_tos
            self.on_letter()
        return self.answer


def _judge_login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"shop", b"secret word")
    return AuthResult(success=is_right, handled=is_right)


class AnyPortController(Controller):
    """Listens at whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def an_open_post_office(tls: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[PostOffice]:
    office = PostOffice()
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
    if login:
        more |= {"authenticator": _judge_login, "auth_required": True}
    controller = AnyPortController(office, hostname="127.0.0.1", port=0, **more)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()
