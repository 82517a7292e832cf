"""the spine"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEDGER = (
    "drawer_move",
    "hold",
    "journal",
    "price",
    "receiving",
    "receiving_line",
    "sale",
    "sale_line",
    "shelf_price",
    "shift",
    "shift_close",
    "stock_move",
    "stored_file",
    "tender",
    "terms",
)


def upgrade() -> None:
    op.create_table(
        "basket",
        sa.Column("id", KEY, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("last_request", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket")),
    )
    op.create_index("ix_basket_state_station", "basket", ["state", "station"], unique=False)
    op.create_table(
        "journal",
        sa.Column("seq", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_kind_seq", "journal", ["kind", "seq"], unique=False)
    op.create_index("ix_journal_subject_seq", "journal", ["subject", "seq"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
    )
    op.create_table(
        "print_job",
        sa.Column("id", KEY, nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copy_of", KEY, nullable=True),
        sa.ForeignKeyConstraint(["copy_of"], ["print_job.id"], name=op.f("fk_print_job_copy_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    op.create_index("ix_print_job_state_printer_id", "print_job", ["state", "printer", "id"], unique=False)
    op.create_index(op.f("ix_print_job_subject"), "print_job", ["subject"], unique=False)
    op.create_table(
        "producer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("story_vi", sa.Text(), nullable=False),
        sa.Column("story_en", sa.Text(), nullable=False),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspended_why", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer")),
        sa.UniqueConstraint("code", name=op.f("uq_producer_code")),
    )
    op.create_index(op.f("ix_producer_search_key"), "producer", ["search_key"], unique=False)
    op.create_table(
        "product_group",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product_group")),
    )
    op.create_table(
        "shop",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hotline", sa.Text(), nullable=False),
        sa.Column("returns_rule", sa.Text(), nullable=False),
        sa.Column("classes", sa.Text(), nullable=False),
        sa.Column("min_stars", KEY, nullable=False),
        sa.Column("warning_days", KEY, nullable=False),
        sa.Column("sell_only_at_shelf_price", sa.Boolean(), nullable=False),
        sa.Column("refund_limit_vnd", sa.BigInteger(), nullable=False),
        sa.Column("cash_rounding_vnd", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "paper",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("producer_id", KEY, nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_file_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_paper_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_kind"), "paper", ["kind"], unique=False)
    op.create_index(op.f("ix_paper_producer_id"), "paper", ["producer_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("producer_id", KEY, nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed", KEY, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_person_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_index(op.f("ix_person_producer_id"), "person", ["producer_id"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("goods_class", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("net_content_milli", sa.BigInteger(), nullable=False),
        sa.Column("net_content_unit", sa.Text(), nullable=False),
        sa.Column("alcohol_permille", KEY, nullable=False),
        sa.Column("vat_category", sa.Text(), nullable=False),
        sa.Column("shelf_place_id", KEY, nullable=True),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("allergens", sa.Text(), nullable=False),
        sa.Column("story_vi", sa.Text(), nullable=False),
        sa.Column("story_en", sa.Text(), nullable=False),
        sa.Column("label_entries", sa.Text(), nullable=False),
        sa.Column("picture_id", KEY, nullable=True),
        sa.Column("on_tiles", sa.Boolean(), nullable=False),
        sa.Column("banned", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_code"], ["product_group.code"], name=op.f("fk_product_group_code")),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_file.id"], name=op.f("fk_product_picture_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_product_producer_id")),
        sa.ForeignKeyConstraint(["shelf_place_id"], ["place.id"], name=op.f("fk_product_shelf_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("sku", name=op.f("uq_product_sku")),
    )
    op.create_index(op.f("ix_product_group_code"), "product", ["group_code"], unique=False)
    op.create_index(op.f("ix_product_producer_id"), "product", ["producer_id"], unique=False)
    op.create_index(op.f("ix_product_search_key"), "product", ["search_key"], unique=False)
    op.create_table(
        "receiving",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("note_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reverses", KEY, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_receiving_producer_id")),
        sa.ForeignKeyConstraint(["reverses"], ["receiving.number"], name=op.f("fk_receiving_reverses")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receiving")),
        sa.UniqueConstraint("reverses", name=op.f("uq_receiving_reverses")),
    )
    op.create_index(op.f("ix_receiving_producer_id"), "receiving", ["producer_id"], unique=False)
    op.create_table(
        "terms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("deal", sa.Text(), nullable=False),
        sa.Column("commission_bp", KEY, nullable=False),
        sa.Column("spoilage_borne_by", sa.Text(), nullable=False),
        sa.Column("markdown_borne_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_terms_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
    )
    op.create_index(op.f("ix_terms_producer_id"), "terms", ["producer_id"], unique=False)
    op.create_table(
        "barcode",
        sa.Column("gtin", sa.Text(), nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("pack_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_barcode_product_id")),
        sa.PrimaryKeyConstraint("gtin", "product_id", name=op.f("pk_barcode")),
    )
    op.create_index(op.f("ix_barcode_product_id"), "barcode", ["product_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("producer_id", KEY, nullable=True),
        sa.Column("origin_place", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("terms_id", KEY, nullable=True),
        sa.Column("trace_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_lot_producer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lot_product_id")),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_lot_terms_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_lot_product_id_number")),
        sa.UniqueConstraint("trace_code", name=op.f("uq_lot_trace_code")),
    )
    op.create_index(op.f("ix_lot_producer_id"), "lot", ["producer_id"], unique=False)
    op.create_table(
        "paper_cover",
        sa.Column("paper_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("stars", KEY, nullable=True),
        sa.Column("name_written", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_cover_paper_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_paper_cover_product_id")),
        sa.PrimaryKeyConstraint("paper_id", "product_id", name=op.f("pk_paper_cover")),
    )
    op.create_index(op.f("ix_paper_cover_product_id"), "paper_cover", ["product_id"], unique=False)
    op.create_table(
        "price",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index("ix_price_product_id_starts", "price", ["product_id", "starts", "id"], unique=False)
    op.create_table(
        "shelf_price",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_shelf_price_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_price")),
    )
    op.create_index("ix_shelf_price_product_id", "shelf_price", ["product_id", "id"], unique=False)
    op.create_table(
        "shift",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", KEY, nullable=True),
        sa.Column("opener_name", sa.Text(), nullable=False),
        sa.Column("float_vnd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_shift_opened_by")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_station"), "shift", ["station"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "basket_line",
        sa.Column("basket_id", KEY, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("lot_known_by", sa.Text(), nullable=True),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("place_id", KEY, nullable=True),
        sa.Column("shown_price_vnd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["basket_id"], ["basket.id"], name=op.f("fk_basket_line_basket_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_basket_line_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_basket_line_place_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_basket_line_product_id")),
        sa.PrimaryKeyConstraint("basket_id", "n", name=op.f("pk_basket_line")),
    )
    op.create_table(
        "drawer_move",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shift_number", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shift_number"], ["shift.number"], name=op.f("fk_drawer_move_shift_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_move")),
    )
    op.create_index(op.f("ix_drawer_move_shift_number"), "drawer_move", ["shift_number"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("releases_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_hold_lot_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_hold_product_id")),
        sa.ForeignKeyConstraint(["releases_id"], ["hold.id"], name=op.f("fk_hold_releases_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("releases_id", name=op.f("uq_hold_releases_id")),
    )
    op.create_index(op.f("ix_hold_lot_id"), "hold", ["lot_id"], unique=False)
    op.create_index(op.f("ix_hold_product_id"), "hold", ["product_id"], unique=False)
    op.create_table(
        "on_hand",
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("place_id", KEY, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_on_hand_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_on_hand_place_id")),
        sa.PrimaryKeyConstraint("lot_id", "place_id", name=op.f("pk_on_hand")),
    )
    op.create_table(
        "receiving_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("receiving_number", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("place_id", KEY, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_vnd", sa.BigInteger(), nullable=False),
        sa.Column("terms_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_receiving_line_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_receiving_line_place_id")),
        sa.ForeignKeyConstraint(
            ["receiving_number"], ["receiving.number"], name=op.f("fk_receiving_line_receiving_number")
        ),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_receiving_line_terms_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiving_line")),
    )
    op.create_index(op.f("ix_receiving_line_lot_id"), "receiving_line", ["lot_id"], unique=False)
    op.create_index(
        op.f("ix_receiving_line_receiving_number"), "receiving_line", ["receiving_number"], unique=False
    )
    op.create_table(
        "sale",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("shift_number", KEY, nullable=False),
        sa.Column("basket_id", KEY, nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=False),
        sa.Column("receipt_code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("cashier_id", KEY, nullable=True),
        sa.Column("cashier_name", sa.Text(), nullable=False),
        sa.Column("total_vnd", sa.BigInteger(), nullable=False),
        sa.Column("rounding_vnd", sa.BigInteger(), nullable=False),
        sa.Column("refunds", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["basket_id"], ["basket.id"], name=op.f("fk_sale_basket_id")),
        sa.ForeignKeyConstraint(["cashier_id"], ["person.id"], name=op.f("fk_sale_cashier_id")),
        sa.ForeignKeyConstraint(["refunds"], ["sale.number"], name=op.f("fk_sale_refunds")),
        sa.ForeignKeyConstraint(["shift_number"], ["shift.number"], name=op.f("fk_sale_shift_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sale")),
        sa.UniqueConstraint("receipt_code", name=op.f("uq_sale_receipt_code")),
        sa.UniqueConstraint("request_key", name=op.f("uq_sale_request_key")),
    )
    op.create_index("ix_sale_business_day", "sale", ["business_day"], unique=False)
    op.create_index(op.f("ix_sale_refunds"), "sale", ["refunds"], unique=False)
    op.create_index(op.f("ix_sale_shift_number"), "sale", ["shift_number"], unique=False)
    op.create_table(
        "shift_close",
        sa.Column("shift_number", KEY, autoincrement=False, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closer_name", sa.Text(), nullable=False),
        sa.Column("expected_vnd", sa.BigInteger(), nullable=False),
        sa.Column("counted_vnd", sa.BigInteger(), nullable=False),
        sa.Column("sales_count", KEY, nullable=False),
        sa.Column("sales_vnd", sa.BigInteger(), nullable=False),
        sa.Column("refunds_vnd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shift_number"], ["shift.number"], name=op.f("fk_shift_close_shift_number")),
        sa.PrimaryKeyConstraint("shift_number", name=op.f("pk_shift_close")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("place_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_move_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stock_move_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index("ix_stock_move_lot_id_kind", "stock_move", ["lot_id", "kind"], unique=False)
    op.create_table(
        "sale_line",
        sa.Column("sale_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("producer_id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("lot_known_by", sa.Text(), nullable=True),
        sa.Column("place_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stars", KEY, nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=False),
        sa.Column("vat_bp", KEY, nullable=False),
        sa.Column("vat_category", sa.Text(), nullable=False),
        sa.Column("terms_id", KEY, nullable=True),
        sa.Column("refunds_line", KEY, nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_sale_line_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_sale_line_place_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_sale_line_producer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_sale_line_product_id")),
        sa.ForeignKeyConstraint(["sale_number"], ["sale.number"], name=op.f("fk_sale_line_sale_number")),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_sale_line_terms_id")),
        sa.PrimaryKeyConstraint("sale_number", "n", name=op.f("pk_sale_line")),
        sa.UniqueConstraint("sale_number", "refunds_line", name="uq_sale_line_refunded_once_a_refund"),
    )
    op.create_index("ix_sale_line_lot_id", "sale_line", ["lot_id"], unique=False)
    op.create_index(
        "ix_sale_line_producer_id_sale_number", "sale_line", ["producer_id", "sale_number"], unique=False
    )
    op.create_index(op.f("ix_sale_line_product_id"), "sale_line", ["product_id"], unique=False)
    op.create_table(
        "tender",
        sa.Column("sale_number", KEY, autoincrement=False, nullable=False),
        sa.Column("n", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("given_vnd", sa.BigInteger(), nullable=False),
        sa.Column("change_vnd", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sale_number"], ["sale.number"], name=op.f("fk_tender_sale_number")),
        sa.PrimaryKeyConstraint("sale_number", "n", name=op.f("pk_tender")),
    )
    for table in LEDGER:
        guard(table)


def guard(table: str) -> None:
    """Triggers that keep a ledger table append-only."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for what in ("UPDATE", "DELETE", "TRUNCATE"):
        each = "STATEMENT" if what == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise RuntimeError("the first version can't be taken back: restore a backup instead")
