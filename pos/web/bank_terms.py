"""web/bank_terms.py — the words of bank transfers: who tells of them, what they were for, why a basket waits."""

from flask_babel import lazy_gettext as _l

FEEDS = {  # feed: what it is called, and its tokens by name
    "sepay": (_l("SePay"), {"sepay_token": _l("API token"), "sepay_webhook": _l("Secret of the webhook")}),
    "casso": (_l("Casso"), {"casso_key": _l("API key"), "casso_webhook": _l("Checksum key of the webhook")}),
    "payos": (
        _l("payOS"),
        {"payos_client": _l("Client ID"), "payos_key": _l("API key"), "payos_checksum": _l("Checksum key")},
    ),
}
SECRETS = {name: text for _title, secrets in FEEDS.values() for name, text in secrets.items()}

TRANSFER_USES = {  # what a transfer was for, or how waiting for one ended
    "received": _l("paid a basket"),
    "debt": _l("paid a debt"),
    "surplus": _l("to give back"),
    "returned": _l("came without a sale, given back since"),
    "sent": _l("given back to a buyer"),
    "document": _l("a document of the cash book"),
    "refunded": _l("goods came back"),
    "owed": _l("the buyer owes it"),
    "lost": _l("let go"),
}

TRANSFER_SOURCES = {  # who tells of transfers
    "sepay": _l("SePay"),
    "sepay_webhook": _l("SePay, webhook"),
    "casso": _l("Casso"),
    "casso_webhook": _l("Casso, webhook"),
    "payos": _l("payOS"),
    "statement": _l("bank statement"),
    "by_hand": _l("by hand"),
}

STATEMENT_BANKS = {
    "mb": "MB",
    "vietcombank": "Vietcombank",
    "techcombank": "Techcombank",
    "bidv": "BIDV",
}  # whose form of a statement

STATEMENT_FIELDS = {  # what a column of a statement is
    "day": _l("day (and time) of the transfer"),
    "time": _l("time"),
    "booked": _l("day of booking"),
    "requested": _l("day that the payer pressed"),
    "amount": _l("amount"),
    "debit": _l("money out (debit)"),
    "credit": _l("money in (credit)"),
    "side": _l("in or out, in a word"),
    "balance": _l("balance"),
    "text": _l("text of the transfer"),
    "reference": _l("bank's number"),
    "payer_name": _l("name of the other side"),
    "payer_account": _l("account of the other side"),
    "payer_bank": _l("bank of the other side"),
    "currency": _l("currency"),
    "status": _l("done or not"),
}

STATEMENT_SIGNS = {  # how a statement tells money in from money out
    "columns": _l("two columns: money in, money out"),
    "columns_minus": _l("two columns; money out has a minus"),
    "minus_out": _l("one column; money out has a minus"),
    "plus_out": _l("one column; money in has a minus"),
    "side": _l("one column; another says in or out"),
    "all_in": _l("one column; all of it came in"),
}

DATE_ORDERS = {"day_first": _l("day first: 24/11/2026"), "month_first": _l("month first: 11/24/2026")}

TRANSFER_WAITS_SHORT = {
    "changed": _l("the basket was changed after the code was shown"),
    "no_shift": _l("no shift was open"),
    "other_day": _l("on another day"),
    "refused": _l("something may not be sold"),
    "too_much": _l("more came than is due"),
}

TRANSFER_WAITS = {  # why a basket whose money came by transfer is not sold by itself
    "changed": _l(
        "The money has come, but the basket was changed or moved to another till after the code was shown. Take it up, look, and finish it."
    ),
    "no_shift": _l(
        "The money has come, but no shift is open at this till. Open one, take the basket up, and finish it."
    ),
    "other_day": _l(
        "The money has come on another day than the code was shown. Take the basket up, look, and finish it."
    ),
    "refused": _l(
        "The money has come, but something in the basket may not be sold. Take it up: take the red lines off, or give the basket up; then the money is listed to give back."
    ),
    "too_much": _l(
        "More has come than is due now. Take the basket up: put goods on, or give it up; then the money is listed to give back."
    ),
}

FEED_PROBLEMS = {  # why a feed fails, and what to do
    "token_refused": (
        _l("The provider refuses the token."),
        _l("Make a new token on the provider's page, and paste it here."),
    ),
    "asked_wrong": (
        _l("The provider does not understand what it is asked."),
        _l(
            "Is the account still connected on the provider's page? If it is, call whoever looks after the computer."
        ),
    ),
    "too_many": (
        _l("The provider is asked too often, perhaps by another program with the same internet address."),
        _l("It is asked again by itself, as soon as the provider allows it."),
    ),
    "provider_down": (
        _l("The provider can't be reached."),
        _l("Is the internet working? Until then look into the bank's app before goods are handed over."),
    ),
}

HOOK_PROBLEMS = {  # why a call of a webhook was not taken
    "no_proof": _l("without a signature"),
    "wrong_proof": _l("with a wrong signature: is the secret pasted here the one on the provider's page?"),
    "wrong_time": _l("signed more than five minutes ago or ahead: is this computer's clock right?"),
    "too_large": _l("too large"),
    "body_odd": _l("that can't be read"),
    "row_odd": _l("that name no clear transfer: look for it in the bank's app"),
}
