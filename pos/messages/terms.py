"""messages/terms.py — a message in words: on a page, as a short text for Zalo or SMS, as an e-mail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.formats import format_day, format_vnd
from ..producers.models import ProducerTerms, TermsBand
from ..producers.terms_in_words import name_deal
from .models import Message
from .outbox import DueMail

LONGEST_SHORT_TEXT = 300
CARRIED_OVER = "statement_ready_below_nothing"
PRICE_DECLINED = "price_declined"
DISPUTE_PUT_RIGHT, LOT_TERMS_SAME = "dispute_put_right", "lot_terms_same"
TEXTS = {
    "statement_ready": _l("Statement no. %(number)s up to %(ends)s is ready: %(closing_vnd)s are owed to you."),
    CARRIED_OVER: _l("Statement no. %(number)s up to %(ends)s is ready: %(closing_vnd)s, carried over to the next one."),
    "paid_out": _l("%(amount_vnd)s were paid to you, %(how)s."),
    "advance_paid": _l("%(amount_vnd)s were paid to you in advance, %(how)s."),
    "payout_back": _l("A payment of %(amount_vnd)s to you was taken back in the shop's books: it was not paid, or came back. The sum is owed to you again."),
    "payout_account_changed": _l(
        "Your money goes to the account %(masked)s from now on. If that was not you, call the shop at once."
    ),
    "dispute_answered": _l("The shop has answered what you wrote about line %(line)s of statement no. %(statement)s."),
    DISPUTE_PUT_RIGHT: _l("The shop has answered what you wrote about line %(line)s of statement no. %(statement)s and put it right: %(correction_vnd)s. It stands on the next statement."),
    "terms_agreed": _l("New terms hold for what you bring from %(starts)s on: %(deal)s. What is in the shop already keeps the terms under which it came."),
    "lot_terms_changed": _l("The terms of %(product)s, lot %(lot)s, were put right: %(difference_vnd)s on your account for what was sold of it so far."),
    LOT_TERMS_SAME: _l("The terms of %(product)s, lot %(lot)s, were put right. Nothing changes for what was sold of it so far."),
    "price_answered": _l("The price that you proposed for %(product)s is accepted."),
    PRICE_DECLINED: _l("The price that you proposed for %(product)s is not accepted."),
}  # fmt: skip
SIGNED = {"correction_vnd", "difference_vnd"}
WAYS = {"transfer": _l("by bank transfer"), "cash": _l("in cash")}
MAIL_PROBLEMS = {
    "unreachable": _l("The post office on the internet could not be reached."),
    "insecure": _l("No safe connection to the post office: see its certificate and [mail] security."),
    "login": _l("The post office did not take the user or the password of [mail]."),
    "sender": _l("The post office does not take mail from the address of [mail]."),
    "later": _l("The post office said: later."),
    "refused": _l("The post office refused it: is the address right?"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says."""

    subject: str
    body: str


def render_message(message: Message) -> str:
    """The message in the reader's language; as it was typed, where somebody typed it."""
    if not message.code:
        return message.text
    facts: dict[str, Any] = json.loads(message.facts_json)
    code = message.code
    if code == "statement_ready" and facts["closing_vnd"] < 0:
        code = CARRIED_OVER
    if code == "price_answered" and not facts["accepted"]:
        code = PRICE_DECLINED
    if code == "dispute_answered" and facts.get("correction_vnd"):
        code = DISPUTE_PUT_RIGHT
    if code == "lot_terms_changed" and not facts["difference_vnd"]:
        code = LOT_TERMS_SAME
    if code == "terms_agreed":
        facts["deal"] = _name_agreed(facts)
    return str(TEXTS[code]) % {name: _format_message_fact(name, value) for name, value in facts.items()}


def _name_agreed(facts: Mapping[str, Any]) -> str:
    terms = ProducerTerms(deal=facts["deal"], commission_bp=facts["commission_bp"])
    return name_deal(terms, [TermsBand(from_vnd=vnd, commission_bp=bp) for vnd, bp in facts["bands"]], _)


def _format_message_fact(name: str, value: Any) -> str:
    if name in SIGNED:
        return f"{'+' if value > 0 else ''}{format_vnd(value)}"
    if name.endswith("_vnd"):
        return format_vnd(value)
    if name in {"ends", "starts"}:
        return format_day(date.fromisoformat(value))
    return str(WAYS.get(value, value) if name == "how" else value)


def shorten_text(text: str, shop_name: str, address: str) -> str:
    """What fits into a text message: who writes, as much of it as there is room for, and the shop's own address, if it has one."""
    head, tail = f"{shop_name[:60]}: ", f" {address}" if address else ""
    words, room = " ".join(text.split()), LONGEST_SHORT_TEXT - len(head) - len(tail)
    if len(words) > room:
        words = words[: room - 1].rsplit(" ", 1)[0].rstrip() + "…"
    return f"{head}{words}{tail}"


def render_letter(due: DueMail, shop_name: str, address: str) -> Letter:
    """The e-mail in its person's language. Needs the application's context."""
    if due.message is None:
        return Letter(due.mail.subject, due.mail.body)
    with force_locale(due.choice.language):
        subject = _("Message from %(shop)s", shop=shop_name)
        return Letter(subject, "\n\n".join([render_message(due.message), render_footer(shop_name, address)]))


def render_footer(shop_name: str, address: str) -> str:
    """The end of each e-mail: who writes, and where it is answered and ended."""
    where = _("Read more, answer or end these e-mails: %(address)s", address=address) if address else ""
    return f"— \n{shop_name}\n{where}".rstrip()
