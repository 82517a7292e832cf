"""The deal answered in a list settles no services that were sold without any: that takes two people."""

from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos.catalog.models import GoodsKind
from pos.importing.answers import ImportAnswers, take_answers
from pos.importing.apply import apply_in_parts
from pos.importing.preview import make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.producers.terms import list_terms, save_producer
from tests.builders import a_product, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.settlement.account_steps import sell


@pytest.mark.parametrize(("sold", "deal"), [(0, "firm"), (2, "firm"), (1, "consignment:15")])
def test_a_deal_in_a_list_settles_no_sold_services(shop: Shop, tmp_path: Path, sold: int, deal: str) -> None:
    with unit_of_work() as session:
        guide = save_producer(session, Producer(name="Hộ Tư", address="thôn"), by=MANAGER, at=MORNING)
        tour = a_product(session, guide, 1, price_vnd=100_000, name="Dẫn khách", kind=GoodsKind.SERVICE)
        an_open_shift(session)
        for _n in range(sold):
            sell(session, (tour, ONE))
        guide_id = guide.id
    book, answers = Workbook(), ImportAnswers()
    assert book.active is not None
    for row in (("Chủ thể", "Tên hàng", "Giá bán"), ("Hộ Tư", "Kẹo lạc", 5000)):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    kind, _colon, commission = deal.partition(":")
    take_answers(answers, {"deal.ho tu": kind, "commission.ho tu": commission})
    with open_reading() as session:
        plan = make_preview(session, open_workbook(tmp_path / "list.xlsx"), TODAY, answers=answers)

    def apply() -> None:
        at = MORNING + timedelta(hours=1)
        apply_in_parts(db.engine, plan, by=MANAGER, at=at, source="list", tell=lambda *_: None)

    if sold:
        with pytest.raises(Refused) as alone:
            apply()
        assert "terms_dated_back" in {reason.code for reason in alone.value.reasons}
    else:
        apply()
    with open_reading() as session:
        assert len(list_terms(session, guide_id)) == (0 if sold else 1)
