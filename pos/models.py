"""Every table of the house in one import, for the mapper and for Alembic."""

from .admission.models import Paper, PaperCover
from .catalog.models import Barcode, Group, Product
from .files.models import StoredFile
from .identity.models import Person, SignIn
from .journal.models import JournalRow
from .pricing.models import Price, ShelfPrice
from .printing.models import PrintJob
from .producers.models import Producer, Terms
from .sales.models import Basket, BasketLine, Sale, SaleLine, Tender
from .shifts.models import DrawerMove, Shift, ShiftClose
from .shop.models import Shop
from .stock.models import Hold, Lot, OnHand, Place, StockMove
from .storeroom.models import Receiving, ReceivingLine

__all__ = [
    "Barcode", "Basket", "BasketLine", "DrawerMove", "Group", "Hold", "JournalRow", "Lot", "OnHand", "Paper",
    "PaperCover", "Person", "Place", "Price", "PrintJob", "Producer", "Product", "Receiving", "ReceivingLine",
    "Sale", "SaleLine", "ShelfPrice", "Shift", "ShiftClose", "Shop", "SignIn", "StockMove", "StoredFile",
    "Tender", "Terms",
]  # fmt: skip
