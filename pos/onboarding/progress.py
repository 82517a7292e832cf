"""onboarding/progress.py — how far a new shop has come, read from its books alone: no step is ticked by hand."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..identity.models import Person
from ..inspection.floor import list_floor_goods
from ..kernel.actor import Role
from ..printing.models import JobState, PrintJob
from ..sales.models import Sale
from ..shop.models import get_shop

TEST_SLIP = "test"  # what a test receipt's print job is about


@dataclass(frozen=True, slots=True)
class SetupProgress:
    has_name: bool
    cashiers: int
    products: int
    sellable: int
    has_printed: bool
    sales: int

    @property
    def done(self) -> tuple[bool, ...]:
        """The five steps: shop, people, goods, devices, first sale."""
        return self.has_name, self.cashiers > 0, self.sellable > 0, self.has_printed, self.sales > 0

    @property
    def next(self) -> int:
        """The first step that isn't done, 1 to 5; 5 when all are."""
        return next((n for n, is_done in enumerate(self.done, 1) if not is_done), 5)


def get_progress(session: Session, on: date) -> SetupProgress:
    def count(*where: object) -> int:
        return int(session.scalar(select(func.count()).select_from(where[0]).where(*where[1:])) or 0)  # type: ignore[arg-type]

    shop = get_shop(session)
    return SetupProgress(
        has_name=bool(shop.name and shop.address),
        cashiers=count(Person, Person.role == Role.CASHIER, Person.active),
        products=count(Product, ~Product.archived),
        sellable=sum(item.verdict.admitted for item in list_floor_goods(session, on)),
        has_printed=count(PrintJob, PrintJob.subject == TEST_SLIP, PrintJob.state == JobState.PRINTED) > 0,
        sales=count(Sale),
    )
