"""Who sees which stored file; a lost file comes back."""

from sqlalchemy import select

from pos.catalog.models import Product
from pos.files.check import CheckedFile
from pos.files.models import StoredFile
from pos.files.store import file_path, store_file
from pos.kernel.database import open_reading, unit_of_work
from tests.conftest import MANAGER, Shop


def test_a_cashier_sees_goods_pictures_and_no_papers(village: Shop) -> None:
    with open_reading() as session:
        picture = session.scalars(select(Product.picture_id).where(Product.picture_id.is_not(None))).first()
        paper = session.scalars(
            select(StoredFile.id).where(StoredFile.media_type == "application/pdf")
        ).first()
    cashier = village.client("cashier")
    assert (cashier.get(f"/files/{picture}").status_code, cashier.get(f"/files/{paper}").status_code) == (
        200,
        403,
    )
    assert village.client("viewer").get(f"/files/{paper}").status_code == 200


def test_a_lost_file_comes_back_with_its_next_upload(village: Shop) -> None:
    with unit_of_work() as session:
        stored = session.scalars(select(StoredFile).where(StoredFile.media_type == "application/pdf")).first()
        assert stored is not None
        path = file_path(village.folder, stored.sha256)
        content = path.read_bytes()
        path.unlink()
        again = CheckedFile("again.pdf", content, "application/pdf")
        assert store_file(session, village.folder, again, by=MANAGER, at=village.clock.now()).id == stored.id
        assert path.read_bytes() == content
