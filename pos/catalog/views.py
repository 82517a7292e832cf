"""catalog/views.py — the products' pages. What the gate and the price say of them comes from other rooms' fragments."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..files.check import CheckedFile
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.quantity import ONE
from ..kernel.tables import contains_words
from ..producers.models import Producer
from ..producers.names import list_producer_choices
from ..web.context import current_time
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id, requested_page
from ..web.rights import current_actor, requires_role
from .codes import format_codes, read_codes
from .forms import PhotoForm, ProductForm
from .models import Product
from .products import TypedCode, get_product, list_groups, save_product
from .recipes import format_recipe as recipe_written
from .recipes import read_recipe

blueprint = Blueprint("catalog", __name__)
PAGE = 100
_PLAIN = (
    "name_vi", "pack", "name_en", "producer_id", "group_code", "goods_class", "kind", "unit", "vat_category",
    "shelf_place_id", "storage", "ingredients", "allergens", "story_vi", "story_en", "on_tiles", "banned", "archived",
)  # fmt: skip


@blueprint.get("/products")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_products() -> ResponseReturnValue:
    asked = {key: request.args.get(key, "") for key in ("q", "group", "producer")}
    page = requested_page()
    query = (
        select(Product, Producer.name.label("producer"))
        .join(Producer, Producer.id == Product.producer_id)
        .options(selectinload(Product.barcodes))
        .where(*contains_words(Product.search_key, asked["q"]))
        .order_by(Product.archived, Product.search_key)
    )
    if asked["group"]:
        query = query.where(Product.group_code == asked["group"])
    if producer_id := request.args.get("producer", type=parse_row_id):
        query = query.where(Product.producer_id == producer_id)
    with open_reading() as session:
        rows = session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
        return render_template(
            "catalog/list.html", rows=rows[:PAGE], more=len(rows) > PAGE, page=page, asked=asked,
            groups=list_groups(session), producers=list_producer_choices(session),
        )  # fmt: skip


@blueprint.route("/products/new", methods=["GET", "POST"], defaults={"product_id": None})
@blueprint.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit(product_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_product(session, product_id) if product_id else None
        form = _product_form(session, known)
    if form.validate_on_submit():
        try:
            picture = check_upload(form.picture.data)
            with unit_of_work() as session:
                product = get_product(session, product_id) if product_id else Product()
                product = _save_product(session, form, product, picture)
        except ShopError as no:
            form.refuse(no, {"name_missing": "name_vi", "product_twice": "name_vi", "gtin_check_digit": "barcodes",
                             "gtin_taken": "barcodes", "product_not_found": "recipe",
                             "quantity_odd": "recipe", "set_in_set": "recipe", "set_empty": "recipe"} | upload_error_fields("picture"))  # fmt: skip
        else:
            flash(_("Saved."))
            return redirect(url_for("admission.show_product", product_id=product.id))
    title = known.name if known else _("New product")
    back = (
        url_for("admission.show_product", product_id=product_id)
        if product_id
        else url_for("catalog.list_products")
    )
    return render_template("form.html", form=form, title=title, back=back)


def _product_form(session: Session, known: Product | None) -> Any:
    given: dict[str, Any] = {
        "kind": "packaged_food",
        "goods_class": "ocop",
        "unit": "piece",
        "vat_category": "standard",
    }
    if request.args.get("barcode", "").isdigit():
        given["barcodes"] = request.args["barcode"]  # a code that the till didn't know
    if known is not None:
        given = {field: getattr(known, field) for field in _PLAIN}
        given |= {
            "barcodes": format_codes(known.barcodes),
            "recipe": recipe_written(session, known.recipe),
            "net_content_milli": known.net_content_milli or None,
            "net_content_unit": known.net_content_unit,
            "alcohol_permille": known.alcohol_permille * 100 or None,
            "label_entries": known.label_entries.split(),
        }
    form: Any = ProductForm(data=given)
    form.producer_id.choices = [("", ""), *list_producer_choices(session)]
    form.group_code.choices = [(group.code, group.name_vi) for group in list_groups(session)]
    form.shelf_place_id.choices = [("", ""), *list_place_choices(session)]
    return form


def list_place_choices(session: Session) -> list[tuple[str, str]]:
    """Places by the table alone: the catalogue stands below the stock ledger and knows only their names."""
    places = Product.metadata.tables["place"]
    return [
        (str(row.id), row.name)
        for row in session.execute(select(places.c.id, places.c.name).order_by(places.c.code))
    ]


def _save_product(session: Session, form: Any, product: Product, picture: CheckedFile | None) -> Product:
    for field in _PLAIN:
        setattr(product, field, form[field].data)
    product.net_content_milli = form.net_content_milli.data or 0
    product.net_content_unit = form.net_content_unit.data or "g"
    product.alcohol_permille = (form.alcohol_permille.data or 0) * 10 // ONE
    product.label_entries = " ".join(form.label_entries.data or [])
    if picture is not None:
        product.picture_id = store_upload(session, picture).id
    recipe = read_recipe(session, form.recipe.data or "")
    return save_product(
        session,
        product,
        read_codes(form.barcodes.data or ""),
        recipe=recipe,
        by=current_actor(),
        at=current_time(),
    )


@blueprint.route("/products/<int:product_id>/photo", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def photo(product_id: int) -> ResponseReturnValue:
    """The product's picture, taken with the phone in hand."""
    form: Any = PhotoForm()
    with open_reading() as session:
        product = get_product(session, product_id)
    if form.validate_on_submit() and form.picture.data:
        try:
            picture = check_upload(form.picture.data)
            with unit_of_work() as session:
                product = get_product(session, product_id)
                if picture is not None:
                    product.picture_id = store_upload(session, picture).id
                save_product(session, product, [TypedCode(b.gtin, b.pack_milli) for b in product.barcodes], by=current_actor(),
                             at=current_time())  # fmt: skip
        except ShopError as no:
            form.refuse(no, upload_error_fields("picture"))
        else:
            flash(_("Saved."))
            return redirect(url_for("catalog.photo", product_id=product_id))
    return render_template("catalog/photo.html", form=form, product=product)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("catalog.list_products", _l("Products"), "package", READERS, MenuGroup.GOODS, 1),
    )  # fmt: skip
