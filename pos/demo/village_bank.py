"""demo/village_bank.py — the village's account: what its bank told of it in the weeks before, and what each line was for."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..banking.allocate import allocate_to_giving_back, allocate_to_new_document
from ..cashbook.queries import read_balance_vnd
from ..kernel.actor import SYSTEM, Actor, Approval
from ..kernel.cell_table import CellTable
from ..kernel.clock import SHOP_ZONE, day_end, day_start
from ..payments.accounts import TypedAccount, find_account_of, save_account
from ..payments.models import BankAccount, BankTransfer, TransferReport
from ..payments.receive import receive_signals
from ..payments.signals import Direction, TransferSignal
from ..payments.statements.list_signals import list_signals
from ..payments.statements.preview import preview_statement
from ..payments.statements.read import read_statement
from ..payments.statements.readings import note_reading
from ..sales.models import TenderKind
from ..sales.takings import list_to_give_back
from ..shifts.models import BANK, CashCategory, CashDocument
from .till import Till

ACCOUNT = TypedAccount("970422", "1234567890123", "DIEM OCOP MAU (VI DU)", feed="sepay")
_PAYERS = ("KHACH MAU MOT", "KHACH MAU HAI", "KHACH MAU BA", "KHACH MAU BON")
_HEADINGS = ("Ngày giao dịch", "Số bút toán", "Phát sinh nợ", "Phát sinh có", "Số dư", "Nội dung")


def open_bank_account(session: Session, manager: Actor, witness: Actor, at: datetime) -> BankAccount:
    """The account that every till shows; its feed is asked once somebody has pasted its token."""
    return save_account(session, None, ACCOUNT, by=manager, at=at, approval=Approval(witness, "", at))


def tell_transfer(
    session: Session, till: Till, amount_vnd: int, text: str, at: datetime, direction: Direction = Direction.IN
) -> BankTransfer:  # fmt: skip
    """The provider tells of one more transfer, some seconds after it was made."""
    dice = till.dice
    account = find_account_of(session, till.station)
    assert account is not None  # noqa: S101  opened before the first day of trade
    signal = TransferSignal(
        account.feed, f"{dice.getrandbits(96):024x}", account.number, direction, amount_vnd, at,
        reference=f"FT{at:%y%j}{dice.getrandbits(32):010}", text=text,
        payer_name=dice.choice(_PAYERS) if direction is Direction.IN else "", payer_account="0000000000000",
    )  # fmt: skip
    (transfer,) = receive_signals(session, account, [signal], by=SYSTEM, at=at).transfers
    return transfer


def write_bank_document(
    session: Session, till: Till, amount_vnd: int, category: CashCategory, reason: str, at: datetime, *, fee_vnd: int = 0,
    direction: Direction = Direction.IN,
) -> CashDocument:  # fmt: skip
    """The bank tells of it, and the manager says what it was for. `amount_vnd`: what the bank wrote, less its fee."""
    transfer = tell_transfer(session, till, amount_vnd, reason, at, direction)
    return allocate_to_new_document(session, transfer, category, reason, fee_vnd, by=till.manager, at=at)


def send_back(session: Session, till: Till, at: datetime) -> None:
    """The manager transfers what is to give back: the bank tells of it, and that is where it went."""
    for taking in list_to_give_back(session):
        if taking.kind == TenderKind.TRANSFER:
            transfer = tell_transfer(
                session, till, taking.amount_vnd, "tra lai tien khach", at, Direction.OUT
            )
            allocate_to_giving_back(session, transfer, taking, by=till.manager, at=at)


def read_weeks_statement(session: Session, till: Till, first: date, last: date, at: datetime) -> None:
    """The manager downloads the bank's statement of these days and reads it: the feed has told of each line before."""
    account = find_account_of(session, till.station)
    assert account is not None  # noqa: S101  opened before the first day of trade
    statement = read_statement([_make_statement(session, account, first, last)])
    preview = preview_statement(statement, account.number)
    if not statement.lines:
        return
    received = receive_signals(
        session, account, list_signals(statement, account.number), by=till.manager, at=at
    )
    note_reading(session, account, preview, received, f"{till.dice.getrandbits(256):064x}", by=till.manager, at=at)  # fmt: skip


def _make_statement(session: Session, account: BankAccount, first: date, last: date) -> CellTable:
    query = (
        select(BankTransfer, TransferReport.text)
        .join(TransferReport, TransferReport.transfer_number == BankTransfer.number)
        .where(BankTransfer.account_id == account.id, BankTransfer.at >= day_start(first), BankTransfer.at < day_end(last))
        .order_by(BankTransfer.at, BankTransfer.number)
    )  # fmt: skip
    balance_vnd = read_balance_vnd(session, BANK, day_start(first))
    rows: list[tuple[object, ...]] = [
        (f"Số tài khoản: {account.number}",),
        (f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}",),
        (f"Số dư đầu kỳ: {balance_vnd}",),
        _HEADINGS,
    ]
    for transfer, text in session.execute(query):
        is_in = transfer.direction == Direction.IN
        balance_vnd += transfer.amount_vnd if is_in else -transfer.amount_vnd
        local = transfer.at.astimezone(SHOP_ZONE)
        rows.append(
            (f"{local:%d/%m/%Y %H:%M:%S}", transfer.reference, None if is_in else transfer.amount_vnd,
             transfer.amount_vnd if is_in else None, balance_vnd, text)
        )  # fmt: skip
    return CellTable("Sao kê", tuple(rows))


def find_money_at_bank_vnd(session: Session) -> int:
    """What is on the account: the books' bank balance, for nothing of it is on its way."""
    return read_balance_vnd(session, BANK)
