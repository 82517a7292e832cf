"""admission/product_views.py — a product's own form and its photo. What the gate judges by is changed by two people."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..catalog.codes import format_codes, read_codes
from ..catalog.forms import PhotoForm
from ..catalog.models import Product
from ..catalog.products import TypedCode, get_product, list_codes, list_groups, save_product
from ..catalog.recipes import format_recipe, read_recipe
from ..files.check import CheckedFile
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.fact_changes import changed_fields, list_waiting
from ..identity.forms import AT_SECOND_PERSON, tell_saved
from ..journal.record import row_name
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.quantity import ONE
from ..producers.names import list_producer_choices
from ..stock.queries import list_place_choices
from ..web.context import current_time
from ..web.forms import answer_form
from ..web.rights import current_actor, requires_role
from .change_product import change_product
from .forms import ProductForm
from .views import blueprint

_PLAIN = (
    "name_vi", "pack", "name_en", "producer_id", "group_code", "goods_class", "kind", "unit", "vat_category",
    "shelf_place_id", "storage", "ingredients", "allergens", "story_vi", "story_en", "on_tiles", "banned", "archived",
)  # fmt: skip


@blueprint.route("/products/new", methods=["GET", "POST"], defaults={"product_id": None})
@blueprint.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_product(product_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_product(session, product_id) if product_id else None
        form = _product_form(session, known)
        waiting = list_waiting(session, row_name(known)) if known else []

    def save() -> ResponseReturnValue:
        agreed = form.second_person() if known else None
        picture = check_upload("picture")
        with unit_of_work() as session:
            product, waits_until = _save_product(session, form, product_id, picture, agreed)
        tell_saved(waits_until)
        return redirect(url_for("admission.show_product", product_id=product.id))

    places = (
        {
            "name_missing": "name_vi",
            "product_twice": "name_vi",
            "gtin_check_digit": "barcodes",
            "gtin_taken": "barcodes",
            "product_not_found": "recipe",
            "quantity_odd": "recipe",
            "set_in_set": "recipe",
            "set_empty": "recipe",
            "unit_fixed": "unit",
        }
        | AT_SECOND_PERSON
        | upload_error_fields("picture")
    )
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    title = known.name if known else _("New product")
    back = (
        url_for("admission.show_product", product_id=product_id)
        if product_id
        else url_for("catalog.list_products")
    )
    return render_template(
        "form.html", form=form, title=title, back=back, waiting=[(change, changed_fields(change)) for change in waiting]
    )  # fmt: skip


def _product_form(session: Session, known: Product | None) -> Any:
    form_data: dict[str, Any] = {
        "kind": "packaged_food",
        "goods_class": "ocop",
        "unit": "piece",
        "vat_category": "standard",
    }
    if request.args.get("barcode", "").isdigit():
        form_data["barcodes"] = request.args["barcode"]  # a code that the till didn't know
    if known is not None:
        form_data = {field: getattr(known, field) for field in _PLAIN}
        form_data |= {
            "barcodes": format_codes(known.barcodes),
            "recipe": format_recipe(session, known.recipe),
            "net_content_milli": known.net_content_milli or None,
            "net_content_unit": known.net_content_unit,
            "alcohol_permille": known.alcohol_permille * 100 or None,
            "label_entries": known.label_entries.split(),
        }
    form: Any = ProductForm(data=form_data)
    if known is None:  # new goods are nobody's change
        del form.login
        del form.pin
    form.producer_id.choices = [("", ""), *list_producer_choices(session)]
    form.group_code.choices = [(group.code, group.name_vi) for group in list_groups(session)]
    form.shelf_place_id.choices = [("", ""), *list_place_choices(session)]
    return form


def _save_product(
    session: Session, form: Any, product_id: int | None, picture: CheckedFile | None, agreed: Approval | None
) -> tuple[Product, date | None]:
    """The product as it is kept, and the day until which its change waits, if it does."""
    fields: dict[str, Any] = {field: form[field].data for field in _PLAIN}
    fields |= {
        "net_content_milli": form.net_content_milli.data or 0,
        "net_content_unit": form.net_content_unit.data or "g",
        "alcohol_permille": (form.alcohol_permille.data or 0) * 10 // ONE,
        "label_entries": " ".join(form.label_entries.data or []),
    }
    if picture is not None:
        fields["picture_id"] = store_upload(session, picture).id
    recipe = read_recipe(session, form.recipe.data or "")
    codes: list[TypedCode] = read_codes(form.barcodes.data or "")
    by, at = current_actor(), current_time()
    if product_id is None:
        return save_product(session, Product(**fields), codes, recipe=recipe, by=by, at=at), None
    product = get_product(session, product_id)
    change = change_product(session, product, fields, codes, recipe=recipe, by=by, at=at, approval=agreed)
    return product, change.due_on if change else None


@blueprint.route("/products/<int:product_id>/photo", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def photo(product_id: int) -> ResponseReturnValue:
    """The product's picture, taken with the phone in hand."""
    form: Any = PhotoForm()
    with open_reading() as session:
        product = get_product(session, product_id)
    if form.validate_on_submit():
        try:
            picture = check_upload("picture")
            with unit_of_work() as session:
                product = get_product(session, product_id)
                if picture is not None:
                    product.picture_id = store_upload(session, picture).id
                save_product(session, product, list_codes(product), by=current_actor(),
                             at=current_time())  # fmt: skip
        except ShopError as no:
            form.refuse(no, upload_error_fields("picture"))
        else:
            flash(_("Saved."))
            return redirect(url_for("admission.photo", product_id=product_id))
    return render_template("catalog/photo.html", form=form, product=product)
