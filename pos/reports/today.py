"""reports/today.py — all that needs the manager today, what hurts most first. Each line leads to where it is done.

A line stands for all things of its kind: how many, the names of the first, and the page that has the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from sqlalchemy.orm import Session

from ..admission.dossier import list_covered_names, list_unreplaced
from ..admission.models import Paper
from ..admission.proposals import list_waiting
from ..admission.queries import list_added_papers, list_papers_ending
from ..journal.queries import count_kind_since, list_kind_since
from ..journal.record import CLOCK_CONFIRMED
from ..kernel.clock import day_start
from ..kernel.formats import format_vnd
from ..lan.door import DOOR_RESTARTED
from ..logbooks.complaints import list_complaints
from ..logbooks.coolers import list_unread_coolers
from ..messages.outbox import list_given_up, list_held_up
from ..messages.queries import list_unread_by_shop
from ..payments.accounts import list_changed_accounts
from ..payments.feed_states import list_failing_accounts
from ..payments.receive import list_by_hand_alone, list_waiting_reports
from ..pricing.proposals import list_waiting_prices
from ..producers.terms import list_all_producers, list_producers_without_terms
from ..sales.claims import list_claims, list_unmatched_transfers
from ..sales.takings import list_to_give_back
from ..sales.transfers import CodeStateKind, list_open_codes
from ..shifts.explain_difference import list_unexplained_closes
from ..shop.taxes import find_tax_status
from ..stock.queries import list_ending_lots
from ..storeroom.announce import list_expected
from ..storeroom.drafts import list_drafts
from ..storeroom.expired import list_expired_stock
from ..tags.truth_cache import find_cached_truth
from .refusals import Where, count_called, list_refusals
from .stock import list_low_stock

WEEK, SOON, DAY = timedelta(days=7), timedelta(days=60), timedelta(days=1)
TYPED_LATELY = timedelta(days=30)  # transfers that somebody typed
LONGEST_COMPLAINT = 80  # letters of one in its line
NAMED = 3  # so many names stand in a line; how many more there are is said
HELD_UP_FOR = timedelta(hours=1)
MOST = 100_000
MOST_MARKED = 50  # rows that a page is asked to show first: more than that is no help, and a long address


class Harm(IntEnum):
    """How much it hurts to leave it: buyers or the law are wronged now; soon; only the order of the books; nothing yet."""

    NOW = 0
    SOON = 1
    ORDER = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class TodayTask:
    """Things of one `kind` (its words are the page's): how many, the names of some, the nearest day, where they are done."""

    kind: str
    harm: Harm
    page: Where
    count: int = 1
    names: Sequence[str] = ()
    when: date | datetime | None = None

    @property
    def unnamed_count(self) -> int:
        return max(0, self.count - len(self.names))


TaskSource = Callable[[Session, date, datetime], Iterable[TodayTask]]


def list_today_tasks(
    session: Session, on: date, at: datetime, sources: Sequence[TaskSource] = ()
) -> list[TodayTask]:
    """The worst first; of one harm in the order of the lists below, then those of the rooms above this one (`sources`)."""
    found = (*_list_goods_tasks(session, on), *_list_paper_tasks(session, on, at), *_list_people_tasks(session, on, at),
             *_list_shop_tasks(session, on, at), *(task for source in sources for task in source(session, on, at)))  # fmt: skip
    return sorted(found, key=lambda task: task.harm)


def make_task(
    kind: str, harm: Harm, page: Where, names: Iterable[str], when: date | datetime | None = None
) -> Iterator[TodayTask]:
    """The task of all these things; none where there are none."""
    every = list(names)
    if every:
        named = list(dict.fromkeys(filter(None, every)))[:NAMED]
        yield TodayTask(kind, harm, page, len(every), named, when)


def _list_goods_tasks(session: Session, on: date) -> Iterator[TodayTask]:
    expired = [stock for _group, items in list_expired_stock(session, on) for stock in items]
    yield from make_task("expired", Harm.NOW, ("storeroom.write_expired_off", {}), (stock.product.name for stock in expired),
                          min((stock.lot.expires_on for stock in expired if stock.lot.expires_on), default=None))  # fmt: skip
    untrue = find_cached_truth(session, on).untrue
    yield from make_task(
        "untrue_tags", Harm.NOW, ("tags.overview", {}), (hanging.tag.name for hanging in untrue)
    )
    ending = [
        (lot.expires_on, product.name)
        for lot, product, _milli in list_ending_lots(session, on + WEEK, MOST)
        if lot.expires_on
    ]
    today = [(day, name) for day, name in ending if on <= day <= on + DAY]
    later = [(day, name) for day, name in ending if day > on + DAY]
    for kind, harm, lots in (("lots_end_now", Harm.SOON, today), ("lots_end", Harm.ORDER, later)):
        yield from make_task(
            kind,
            harm,
            ("storeroom.list_ends", {}),
            (name for _day, name in lots),
            lots[0][0] if lots else None,
        )
    low = [item for items in list_low_stock(session, on).values() for item in items]
    yield from make_task(
        "low_stock", Harm.LATER, ("reports.reorder", {}), (item.product.name for item in low)
    )
    names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
    expected = [coming for coming in list_expected(session) if coming.comes_on <= on + DAY]
    receiving: Where = ("storeroom.list_receivings", {})
    yield from make_task("announced", Harm.SOON, receiving, (names[coming.producer_id] for coming in expected),
                          min((coming.comes_on for coming in expected), default=None))  # fmt: skip
    drafts = list_drafts(session)
    yield from make_task(
        "drafts",
        Harm.SOON,
        receiving,
        (names[draft.producer_id] for draft in drafts),
        drafts[0].at if drafts else None,
    )


def _list_paper_tasks(session: Session, on: date, at: datetime) -> Iterator[TodayTask]:
    papers = list_unreplaced(session, list_papers_ending(session, on - WEEK, on + SOON, MOST), on)
    named = list_covered_names(session, papers)
    makers = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}

    def name_of(paper: Paper) -> str:
        return named.get(paper.id) or makers.get(paper.producer_id or 0, "")

    for kind, harm, first, last, endpoint in (
        ("papers_ended", Harm.NOW, on - WEEK, on - DAY, "admission.list_missing"),
        ("papers_end_now", Harm.SOON, on, on + WEEK, "admission.outlook"),
        ("papers_end", Harm.ORDER, on + WEEK + DAY, on + SOON, "admission.show_calendar"),
    ):
        these = [paper for paper in papers if paper.ends is not None and first <= paper.ends <= last]
        values = {"ended": [paper.id for paper in these][:MOST_MARKED]} if kind == "papers_ended" else {}
        yield from make_task(
            kind, harm, (endpoint, values), map(name_of, these), these[0].ends if these else None
        )
    sent = list_waiting(session)
    yield from make_task("papers_sent_in", Harm.SOON, ("admission.list_proposed", {}), (makers.get(each.producer_id, "") for each in sent),
                          sent[0].at if sent else None)  # fmt: skip
    prices = list_waiting_prices(session)
    yield from make_task("prices_proposed", Harm.SOON, ("pricing.list_proposals", {}), (product.name for _each, product in prices),
                          prices[0][0].at if prices else None)  # fmt: skip
    added = list_added_papers(session, at - WEEK)
    scanned, bare = (
        [each for each in added if bool(each[1].file_id) is has_scan] for has_scan in (True, False)
    )
    yield from make_task("papers_entered", Harm.ORDER, _page_of_papers([paper for _act, paper in scanned]), (paper.number for _act, paper in scanned),
                          scanned[0][0].at if scanned else None)  # fmt: skip
    yield from make_task("papers_without_scan", Harm.ORDER, _page_of_papers([paper for _act, paper in bare]), (paper.number for _act, paper in bare),
                          bare[0][0].at if bare else None)  # fmt: skip


def _page_of_papers(papers: Sequence[Paper]) -> Where:
    """The one paper, else the list of just these."""
    if len(papers) == 1:
        return "admission.edit_paper", {"paper_id": papers[0].id}
    return "admission.list_papers", {"paper": [paper.id for paper in papers][:MOST_MARKED]}


def _list_people_tasks(session: Session, on: date, at: datetime) -> Iterator[TodayTask]:
    refusals = list_refusals(session, day_start(on))
    if called := count_called(refusals):
        names = [item.product for item in refusals if item.is_called]
        yield TodayTask("called", Harm.NOW, ("reports.list_refused", {}), called, names[:NAMED])
    closes = list_unexplained_closes(session, at - WEEK)
    page = (
        ("shifts.show_shift", {"number": closes[0].shift_number})
        if len(closes) == 1
        else ("shifts.list_shifts", {})
    )
    yield from make_task(
        "drawer_differs",
        Harm.SOON,
        page,
        (close.closer_name for close in closes),
        closes[0].closed_at if closes else None,
    )
    owed = list_to_give_back(session)
    yield from make_task("to_give_back", Harm.SOON, ("accounts.show_to_give_back", {}), (format_vnd(row.amount_vnd) for row in owed),
                          owed[0].at if owed else None)  # fmt: skip
    yield from _list_transfer_tasks(session, at)
    complaints = list_complaints(session, open_only=True)
    yield from make_task("complaints", Harm.SOON, ("logbooks.book", {}), (f"{complaint.about}: {complaint.said}"[:LONGEST_COMPLAINT] for complaint in complaints),
                          complaints[0].at if complaints else None)  # fmt: skip
    yield from _list_message_tasks(session, at)
    without = list_producers_without_terms(session, on)
    yield from make_task(
        "without_terms", Harm.SOON, ("terms.agree_deals", {}), (producer.name for producer in without)
    )


def _list_message_tasks(session: Session, at: datetime) -> Iterator[TodayTask]:
    """What producers wrote, and e-mails to them that don't go out."""
    unread = list_unread_by_shop(session)
    yield from make_task("messages", Harm.SOON, ("messages.list_all", {}), (name for _message, name in unread),
                          unread[0][0].at if unread else None)  # fmt: skip
    mails: Where = ("messages.list_all", {"_anchor": "mails"})
    given_up = list_given_up(session)
    yield from make_task("mails_given_up", Harm.ORDER, mails, (person.name for _mail, person in given_up),
                          given_up[0][0].given_up_at if given_up else None)  # fmt: skip
    held_up = [mail for mail in list_held_up(session) if at - mail.at > HELD_UP_FOR]
    yield from make_task(
        "mails_held_up", Harm.ORDER, mails, ("" for _mail in held_up), held_up[0].at if held_up else None
    )


def _list_transfer_tasks(session: Session, at: datetime) -> Iterator[TodayTask]:
    """What bank transfers leave to people. The lists are on the bank's page."""
    day: Where = ("banking.show_day", {})
    paid = [state for state in list_open_codes(session, at) if state.kind is CodeStateKind.WAITS]
    claims, reports, unmatched = (
        list_claims(session),
        list_waiting_reports(session),
        list_unmatched_transfers(session),
    )
    changed = list_changed_accounts(session, at)
    yield from make_task("paid_and_waiting", Harm.NOW, ("banking.show_day", {"_anchor": "codes"}), (format_vnd(state.received_vnd) for state in paid), paid[0].code.shown_at if paid else None)  # fmt: skip
    yield from make_task("bank_account_changed", Harm.SOON, ("banking.show_accounts", {}), (account.number for account in changed),
                          changed[0].changed_at if changed else None)  # fmt: skip
    yield from make_task("unproved", Harm.SOON, day, (format_vnd(vnd) for _claim, vnd in claims), claims[0][0].at if claims else None)  # fmt: skip
    yield from make_task("unmatched", Harm.SOON, day, (format_vnd(transfer.amount_vnd) for transfer in unmatched), unmatched[0].at if unmatched else None)  # fmt: skip
    typed = list_by_hand_alone(session, at - TYPED_LATELY)
    yield from make_task("typed_alone", Harm.ORDER, day, (format_vnd(transfer.amount_vnd) for transfer in typed), typed[0].at if typed else None)  # fmt: skip
    yield from make_task("reports_to_join", Harm.ORDER, day, (format_vnd(report.amount_vnd) for report in reports), reports[0].at if reports else None)  # fmt: skip


def _list_shop_tasks(session: Session, on: date, at: datetime) -> Iterator[TodayTask]:
    clocks = list_kind_since(session, CLOCK_CONFIRMED, at - WEEK)
    yield from make_task(
        "clock_confirmed",
        Harm.NOW,
        ("identity.show_clock", {}),
        (act.actor for act in clocks),
        clocks[0].at if clocks else None,
    )
    failing = list_failing_accounts(session, at)
    yield from make_task("feed_failing", Harm.NOW, ("banking.show_accounts", {}), (account.number for account, _state in failing),
                          failing[0][1].failing_since if failing else None)  # fmt: skip
    unread = list_unread_coolers(session, on)
    yield from make_task(
        "coolers",
        Harm.SOON,
        ("logbooks.show_log", {}),
        (cooler.name for cooler in unread),
        on if unread else None,
    )
    if find_tax_status(session, on) is None:
        yield TodayTask("tax_status", Harm.ORDER, ("onboarding.steps", {}))
    restarts = count_kind_since(session, DOOR_RESTARTED, at - WEEK)
    if restarts.times:
        yield TodayTask(
            "door_restarted",
            Harm.ORDER,
            ("journal.list_rows", {"kind": DOOR_RESTARTED}),
            restarts.times,
            when=restarts.last,
        )
