"""web/task_terms.py — what the lines of Today say: what is to be done, a word more, and the button that leads there."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class TaskTerms:
    title: Any
    button: Any = ""  # "": Open
    more: Any = ""


TASKS = {
    "expired": TaskTerms(_l("Ended, and still in the books"), _l("Write it off")),
    "untrue_tags": TaskTerms(_l("Tags that no longer say what holds")),
    "lots_end_now": TaskTerms(_l("Lots that end today or tomorrow")),
    "lots_end": TaskTerms(_l("Lots that end within a week")),
    "low_stock": TaskTerms(_l("What runs out within a week"), _l("Order more")),
    "announced": TaskTerms(_l("Deliveries announced for today or tomorrow"), _l("Receive")),
    "drafts": TaskTerms(_l("Deliveries put aside, not received yet"), _l("Go on")),
    "papers_ended": TaskTerms(_l("Papers that ended this week"), _l("Enter the new one"), _l("Their goods can't be sold any more.")),
    "papers_end_now": TaskTerms(_l("Papers that end within a week"), more=_l("Then their goods can't be sold any more.")),
    "papers_end": TaskTerms(_l("Papers that end within 60 days")),
    "papers_sent_in": TaskTerms(_l("Papers that producers sent in"), _l("Look at them")),
    "papers_without_scan": TaskTerms(_l("Papers entered this week without a scan"), more=_l("Add a scan or photo of each.")),
    "papers_entered": TaskTerms(
        _l("Papers entered this week"), _l("Compare them"),
        _l("Compare each with its scan: a number that nobody issued makes goods sell, too. After a week this line goes by itself."),
    ),
    "called": TaskTerms(_l("A cashier called you for refused goods"), _l("What to do")),
    "drawer_differs": TaskTerms(_l("The drawer differed at a close, and nobody said why")),
    "to_give_back": TaskTerms(_l("Money to be given back to buyers")),
    "bank_account_changed": TaskTerms(
        _l("Bank accounts that were added or changed this week"), _l("Look at them"), _l("Buyers' money goes there: is it the shop's own number?")
    ),
    "paid_and_waiting": TaskTerms(_l("Buyers have paid by transfer, and the basket is not sold"), _l("What to do")),
    "unproved": TaskTerms(_l("Transfers that somebody confirmed and no account has told of"), _l("Look")),
    "unmatched": TaskTerms(_l("Transfers that belong to nothing yet"), _l("Say what they were")),
    "typed_alone": TaskTerms(
        _l("Transfers that somebody typed and the account's feed has not told of"), _l("Look"), _l("Compare each with the bank's own list.")
    ),
    "reports_to_join": TaskTerms(_l("The same transfer, or another?"), _l("Say which")),
    "messages": TaskTerms(_l("Messages of producers that nobody has read"), _l("Read them")),
    "mails_given_up": TaskTerms(_l("E-mails that did not arrive"), _l("What to do")),
    "mails_held_up": TaskTerms(
        _l("E-mails have been waiting for more than an hour"), _l("Look"), _l("They are tried again by themselves for three days.")
    ),
    "complaints": TaskTerms(_l("Complaints to answer"), _l("Answer")),
    "without_terms": TaskTerms(_l("Producers without terms"), _l("Agree"), _l("What is sold of theirs can't be settled.")),
    "clock_confirmed": TaskTerms(
        _l("The computer's date was set back and confirmed"), more=_l("What ended before may look good again: compare with a calendar.")
    ),
    "coolers": TaskTerms(_l("Read the coolers"), _l("Read")),
    "feed_failing": TaskTerms(
        _l("No news from the bank"), _l("What to do"), _l("Until it is mended look into the bank's app before goods are handed over.")
    ),
    "tax_status": TaskTerms(
        _l("Say what the shop is before the tax office"), more=_l("Until then each sale carries the goods' VAT rate.")
    ),
    "prices_proposed": TaskTerms(_l("Prices that producers propose"), _l("Decide")),
    "disputes": TaskTerms(_l("Disputed lines of statements"), _l("Answer")),
    "payouts_begun": TaskTerms(_l("Transfers to producers that nobody wrote down as sent"), _l("Look")),
    "payouts_untold": TaskTerms(
        _l("Transfers to producers that were written down as sent, and that the bank doesn't tell of"), _l("Look"),
        _l("Compare them with the bank's app: what was not sent is taken back on the producer's account."),
    ),
    "payout_account_changed": TaskTerms(
        _l("Producers' bank accounts that were changed this week"), _l("Look at them"), _l("Ask the producer by phone whether it is theirs.")
    ),
    "payouts_wait": TaskTerms(
        _l("Producers can't be paid since the restore"), _l("What to do"), _l("Write down first what was paid since the backup.")
    ),
    "statements_due": TaskTerms(_l("Producers whose last month is on no statement"), _l("Draft statements")),
    "door_restarted": TaskTerms(
        _l("A door of the server ended and was opened again"),
        more=_l("If it happens again, send the journal's rows to whoever looks after the computer."),
    ),
}  # fmt: skip
