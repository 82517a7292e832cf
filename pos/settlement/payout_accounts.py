"""settlement/payout_accounts.py — the bank accounts that producers are paid to: encrypted at rest, shown masked, changed by two people.

The key lies in the data folder, in no database and no backup: whoever finds a backup reads no account in it. Where the key is
lost the accounts are typed again.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.private_file import write_private
from ..kernel.reason import Reason
from ..kernel.text import normalize_text
from ..messages.templates import make_payout_account_changed
from ..messages.write import tell_producer
from ..payments.banks import name_bank
from ..payments.vietqr import TransferCode, list_code_reasons
from ..producers.models import Producer
from .models import PayoutAccount

FOLDER, KEY_FILE = "secrets", "payout.key"
SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class TypedPayoutAccount:
    """`bank_bin`: the bank's six digits at NAPAS; the account's number; whose it is."""

    bank_bin: str
    number: str
    holder: str

    @property
    def masked(self) -> str:
        """'Agribank · ••••6789'."""
        return f"{name_bank(self.bank_bin)} · ••••{self.number[-SHOWN_DIGITS:]}"


class PayoutVault:
    """Encrypts and reads payout accounts by the shop's own key (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, data_folder: Path) -> None:
        self._path = data_folder / FOLDER / KEY_FILE

    def encrypt(self, account: TypedPayoutAccount) -> str:
        """Makes the key where there is none yet. Raises OSError."""
        if not self._path.exists():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._path, Fernet.generate_key())
        return Fernet(self._path.read_bytes()).encrypt(json.dumps(asdict(account)).encode()).decode()

    def find(self, row: PayoutAccount) -> TypedPayoutAccount | None:
        """The account; None where the key is another or gone: it must be typed again."""
        try:
            text = Fernet(self._path.read_bytes()).decrypt(row.sealed_text.encode())
        except (OSError, ValueError, InvalidToken):
            return None
        return TypedPayoutAccount(**json.loads(text))


def find_payout_account(session: Session, producer_id: int) -> PayoutAccount | None:
    return session.scalars(select(PayoutAccount).where(PayoutAccount.producer_id == producer_id)).first()


def list_payout_accounts(session: Session) -> dict[int, PayoutAccount]:
    """By producer."""
    return {row.producer_id: row for row in session.scalars(select(PayoutAccount))}


def save_payout_account(
    session: Session,
    vault: PayoutVault,
    producer: Producer,
    typed: TypedPayoutAccount,
    *,
    approval: Approval | None,
    by: Actor,
    at: datetime,
) -> PayoutAccount:
    """Set or change where a producer's money goes. A second person agrees, and the producer is told.

    Raises Refused (`second_person_needed`, `second_person_new`, and with all that is wrong `bank_bin_odd`, `bank_account_odd`,
    `holder_missing`), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    typed = TypedPayoutAccount(typed.bank_bin, typed.number.replace(" ", ""), normalize_text(typed.holder))
    wrong = list(list_code_reasons(TransferCode(typed.bank_bin, typed.number)))
    if not typed.holder:
        wrong.append(Reason.make("holder_missing"))
    if wrong:
        raise Refused(*wrong)
    if approval is None:
        raise Refused.because("second_person_needed")
    require_second(session, by, approval)
    account = find_payout_account(session, producer.id)
    if account is None:
        account = PayoutAccount(producer_id=producer.id)
        session.add(account)
    account.sealed_text, account.masked = vault.encrypt(typed), typed.masked
    account.changed_at, account.by_name = at, by.name
    session.flush()
    record(
        session, "payout_account_changed", by=by, at=at, subject=producer, state_seals=[account], account=typed.masked,
        **describe_approval(approval),
    )  # fmt: skip
    tell_producer(session, producer.id, make_payout_account_changed(masked=typed.masked), by=by, at=at)
    return account
