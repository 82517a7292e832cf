"""messages/mail_worker.py — one thread a shop sends what is in the outbox, however often the internet drops.

Nothing is sent inside a unit of work. What was handed over is noted before the next letter; where the computer stops
between the two, the letter goes out again under the same Message-ID.
"""

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from ..config import Mail as MailSettings
from ..kernel.clock import Clock
from ..kernel.database import open_reading, unit_of_work
from ..shop.models import get_shop
from .outbox import DueMail, forget_old_mails, list_due_mails, note_failed, note_sent
from .smtp import MailError, OutgoingMail, open_smtp, send_mail
from .terms import Letter, render_letter
from .timed_smtp import TimedSMTP

LOOK_EVERY = 15.0  # seconds
LONGEST_HOLD = 600.0  # seconds, while the post office can't be reached
STOP_PATIENCE = 2.0  # seconds that a stop waits for a post office that hangs
FORGET_EVERY = 86_400.0

log = logging.getLogger(__name__)


class MailWorker:
    """Sends the shop's e-mails. `step` does what is due now; the thread calls it."""

    def __init__(
        self, open_context: Callable[[], AbstractContextManager[Any]], settings: MailSettings, clock: Clock, address: str,
        queue_digests: Callable[[datetime], object],
    ) -> None:  # fmt: skip
        """`open_context`: in which the books are at hand; `address`: of the producers' pages, for the end of a letter."""
        self._open_context, self._settings, self._clock = open_context, settings, clock
        self._address, self._queue_digests = address, queue_digests
        self._handed_over: dict[int, datetime] = {}  # handed over and not noted yet: the books were busy
        self._failures, self._held_until = 0, 0.0
        self._forgot_at: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mail", daemon=True)

    def start(self) -> "MailWorker":
        if self._settings.host:
            self._thread.start()
        return self

    def stop(self) -> None:
        """Returns soon, whatever the post office does."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=STOP_PATIENCE)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self.step()
            except Exception as fault:  # noqa: BLE001  the books are busy, or a fault of the program: the next step goes on
                _log_fault(fault)
            self._stopping.wait(LOOK_EVERY)

    def step(self) -> int:
        """Queue the summaries that are due, then send what is in the outbox; how many letters went out."""
        with self._open_context():
            self._note_handed_over()
            self._forget_old()
            self._queue_digests(self._clock.now())
            if self._clock.monotonic() < self._held_until:
                return 0
            with open_reading() as session:
                shop_name = get_shop(session).name
                due = list_due_mails(session, self._clock.now())
                letters = [render_letter(each, shop_name, self._address) for each in due]
                session.expunge_all()
            return self._send_all(due, letters, shop_name) if due else 0

    def _send_all(self, due: Sequence[DueMail], letters: Sequence[Letter], shop_name: str) -> int:
        waiting, sent = deque(zip(due, letters, strict=True)), 0
        try:
            with open_smtp(self._settings) as smtp:
                while waiting and not self._stopping.is_set():
                    sent += self._send_one(smtp, *waiting[0], shop_name)
                    waiting.popleft()
            self._failures = 0
        except MailError as failure:  # the next letter would fail as well: it was only this one's turn
            if waiting:
                self._note_failure(waiting[0][0], failure)
            self._hold_back(failure)
        return sent

    def _send_one(self, smtp: TimedSMTP, due: DueMail, letter: Letter, shop_name: str) -> bool:
        """Hand over one letter. Raises MailError where all others would fail, too."""
        mail = OutgoingMail(
            due.person.name, due.choice.address, shop_name, letter.subject, letter.body, due.mail.token, due.mail.at
        )  # fmt: skip
        try:
            send_mail(smtp, mail, self._settings)
        except MailError as failure:
            if failure.is_of_server:
                raise
            self._note_failure(due, failure)
            return False
        self._handed_over[due.mail.id] = self._clock.now()
        self._note_handed_over()
        return True

    def _note_handed_over(self) -> None:
        for mail_id, at in list(self._handed_over.items()):
            with unit_of_work() as session:
                note_sent(session, mail_id, at=at)
            del self._handed_over[mail_id]

    def _note_failure(self, due: DueMail, failure: MailError) -> None:
        with unit_of_work() as session:
            note_failed(
                session, due.mail.id, failure.problem, is_final=failure.is_final, at=self._clock.now()
            )

    def _hold_back(self, failure: MailError) -> None:
        """Nothing is sent for a while, the longer the more often it failed."""
        self._failures += 1
        seconds = min(LOOK_EVERY * 2 ** min(self._failures, 10), LONGEST_HOLD)
        self._held_until = self._clock.monotonic() + seconds
        if self._failures == 1:
            log.warning("e-mails wait: %s", failure)

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            with unit_of_work() as session:
                forget_old_mails(session, self._clock.now())
            self._forgot_at = now


def _log_fault(fault: Exception) -> None:
    """Its kind and place; its words may hold somebody's address."""
    places = "".join(traceback.format_tb(fault.__traceback__)[-3:])
    log.error("e-mails are tried again soon: %s\n%s", type(fault).__name__, places)
