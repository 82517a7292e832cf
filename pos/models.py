"""Every table of the house in one import, for the mapper and for Alembic."""

from .admission.models import Paper, PaperCover, ProposedPaper, ToldStars
from .catalog.models import Barcode, KitPart, Product, ProductGroup
from .closings.models import PeriodClosing, SealKey, ZReport
from .counting.models import CountEnd, CountResult, CountScope, StockCount, Tally
from .files.models import StoredFile
from .identity.models import Invitation, Person, SignIn
from .importing.models import ColumnMemory, ImportRun
from .journal.models import JournalRow
from .kernel.once import Once
from .kernel.tables import NumberGap, TotalsGap
from .logbooks.models import Complaint, Cooler, Temperature
from .messages.models import Mail, MailChoice, Message, MessageReading
from .payments.models import (
    BankAccount,
    BankTransfer,
    FeedState,
    KeptMapping,
    PaymentCode,
    StatementReading,
    TransferReport,
)
from .pricing.models import Price, PriceChange, ProposedPrice, ShelfPrice
from .printing.models import PrintJob
from .producers.models import Producer, ProducerTerms, TermsBand
from .recalls.models import DrillEnd, DrillFind, RecallDrill
from .reports.models import SoldSum
from .sales.models import (
    Basket,
    BasketDiscount,
    BasketLine,
    BasketVoucher,
    Discount,
    Extra,
    Sale,
    SaleLine,
    Tender,
)
from .sales.money_models import Buyer, Taking, TenderCorrection, TransferAllocation
from .settlement.models import (
    BulkFormat,
    Dispute,
    DisputeNote,
    PayoutAccount,
    PayoutOrder,
    ProducerEntry,
    RecallFault,
    Statement,
    StatementDraft,
    StatementLeftOut,
    StatementRow,
    TenderFee,
)
from .shifts.models import CashDocument, CashDocumentNote, DrawerMove, HandOver, Shift, ShiftClose
from .shop.models import Shop
from .station.models import CustomerDisplay, PrinterChoice, ScannerHabit, StationKey
from .stock.models import Hold, KitLotPart, Lot, LotTerms, OnHand, Place, StockMove
from .storeroom.models import (
    AnnouncedDelivery,
    AnnouncedLine,
    LineCheck,
    NoteScan,
    QualityCheck,
    Receiving,
    ReceivingLine,
    RefusedLine,
    WriteOff,
)  # fmt: skip
from .tags.models import Tag, TagBatch, TagSeen
from .trace.models import LotView
from .vouchers.models import Voucher, VoucherMove

__all__ = [
    "AnnouncedDelivery",
    "AnnouncedLine",
    "BankAccount",
    "BankTransfer",
    "Barcode",
    "Basket",
    "BasketDiscount",
    "BasketLine",
    "BasketVoucher",
    "BulkFormat",
    "Buyer",
    "CashDocument",
    "CashDocumentNote",
    "ColumnMemory",
    "Complaint",
    "Cooler",
    "CountEnd",
    "CountResult",
    "CountScope",
    "CustomerDisplay",
    "Discount",
    "Dispute",
    "DisputeNote",
    "DrawerMove",
    "DrillEnd",
    "DrillFind",
    "Extra",
    "FeedState",
    "HandOver",
    "Hold",
    "ImportRun",
    "Invitation",
    "JournalRow",
    "KeptMapping",
    "KitLotPart",
    "KitPart",
    "LineCheck",
    "Lot",
    "LotTerms",
    "LotView",
    "Mail",
    "MailChoice",
    "Message",
    "MessageReading",
    "NoteScan",
    "NumberGap",
    "OnHand",
    "Once",
    "Paper",
    "PaperCover",
    "PaymentCode",
    "PayoutAccount",
    "PayoutOrder",
    "PeriodClosing",
    "Person",
    "Place",
    "Price",
    "PriceChange",
    "PrintJob",
    "PrinterChoice",
    "Producer",
    "ProducerEntry",
    "ProducerTerms",
    "Product",
    "ProductGroup",
    "ProposedPaper",
    "ProposedPrice",
    "QualityCheck",
    "RecallDrill",
    "RecallFault",
    "Receiving",
    "ReceivingLine",
    "RefusedLine",
    "Sale",
    "SaleLine",
    "ScannerHabit",
    "SealKey",
    "ShelfPrice",
    "Shift",
    "ShiftClose",
    "Shop",
    "SignIn",
    "SoldSum",
    "Statement",
    "StatementDraft",
    "StatementLeftOut",
    "StatementReading",
    "StatementRow",
    "StationKey",
    "StockCount",
    "StockMove",
    "StoredFile",
    "Tag",
    "TagBatch",
    "TagSeen",
    "Taking",
    "Tally",
    "Temperature",
    "Tender",
    "TenderCorrection",
    "TenderFee",
    "TermsBand",
    "ToldStars",
    "TotalsGap",
    "TransferAllocation",
    "TransferReport",
    "Voucher",
    "VoucherMove",
    "WriteOff",
    "ZReport",
]
