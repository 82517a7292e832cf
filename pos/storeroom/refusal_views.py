"""storeroom/refusal_views.py — paper that a delivery makes: the refusal note, lot labels; and the list of checks."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import list_groups
from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.formats import format_day, format_moment, format_quantity
from ..kernel.own_codes import format_document_number
from ..kernel.reason import Reason
from ..printing.send import send_to_printer, wake_printers
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..web.context import current_config, current_time
from ..web.download import send_download
from ..web.forms import answer_form, choose_from
from ..web.pages import current_language
from ..web.reasons import render_reason
from ..web.refused_forms import list_reason_faults, show_again
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .checks import get_check, list_checks, save_check
from .forms import CheckForm, LabelsForm
from .judge_delivery import list_refused_lines
from .label import make_lot_label
from .models import QualityCheck, RefusedLine
from .queries import list_receiving_lines
from .receive import get_receiving
from .views import BY_POLICY, blueprint

blueprint.after_request(wake_printers)


@blueprint.get("/receiving/<int:number>/refusal.pdf")
@requires_role(*BY_POLICY)
def refusal_note(number: int) -> ResponseReturnValue:
    """What went back and why, with the rule, for the producer to take along; both sides sign."""
    with open_reading() as session:
        receiving, shop = get_receiving(session, number), get_shop(session)
        producer, back = get_producer(session, receiving.producer_id), list_refused_lines(session, number)
    rows = [[str(row.n), f"{row.product}\n{_describe_lot(row)}", format_quantity(row.quantity_milli, row.unit), *_join_reasons(reasons)]
            for row, reasons in back]  # fmt: skip
    story = [
        make_paragraph(_("%(producer)s brought these goods with delivery note %(note)s of %(day)s. The shop could not take them.",
                producer=producer.name, note=receiving.delivery_note, day=format_day(receiving.note_date)), size=11),
        *make_heading(_("What goes back")),
        make_table([_("Line"), _("Goods"), _("Quantity"), _("Why"), _("What to do"), _("Rule")], rows, [2, 8, 3, 9, 7, 5]),
        *make_heading(_("Signatures")),
        make_table([_("For the producer"), _("For the shop")], [["\n\n\n\n", f"\n\n\n\n{receiving.by_name}"]], [1, 1]),
    ]  # fmt: skip
    title = _("Goods refused, receiving no. %(number)s", number=format_document_number(number, shop.code))
    subtitle = f"{shop.name} · {shop.address} · {format_moment(receiving.at)}"
    pdf = render_document(title, subtitle, story, foot=f"{shop.name} · {format_moment(current_time())}")
    return send_download(pdf, f"tu-choi-nhan-{number}.pdf")


def _describe_lot(row: RefusedLine) -> str:
    known = [
        _("Lot %(number)s", number=row.lot_number) if row.lot_number else "",
        f"{_('Made on')} {format_day(row.made_on)}" if row.made_on else "",
        f"{_('Best before')} {format_day(row.expires_on)}" if row.expires_on else "",
    ]
    return " · ".join(filter(None, known))


def _join_reasons(reasons: Sequence[Reason]) -> tuple[str, str, str]:
    """Sentences, remedies and rules, one below the other."""
    texts = [render_reason(reason) for reason in reasons]
    return (
        "\n".join(item.sentence for item in texts),
        "\n".join(dict.fromkeys(item.remedy for item in texts if item.remedy)),
        "\n".join(dict.fromkeys(item.clause for item in texts if item.clause)),
    )


@blueprint.post("/receiving/<int:number>/labels")
@requires_role(*BY_POLICY)
def print_labels(number: int) -> ResponseReturnValue:
    """Labels for each lot of a delivery, on this station's printer."""
    form: Any = LabelsForm()
    if not form.validate_on_submit():
        return show_again(
            "storeroom.show", list_reason_faults(Refused.because("copies_odd"), "copies", {}), number=number
        )
    copies = form.copies.data
    with unit_of_work() as session:
        if not is_first_request(session):
            return redirect(url_for("storeroom.show", number=number))
        receiving = get_receiving(session, number)
        producer = get_producer(session, receiving.producer_id)
        for _line, lot, product in list_receiving_lines(session, number):
            slip = make_lot_label(
                lot, product, producer, base_url=current_config().public.base_url, copies=copies, translate=_
            )
            send_to_printer(session, lot.number, f"lot:{lot.id}", slip, "label")
    flash(_("The labels are on their way to the printer."))
    return redirect(url_for("storeroom.show", number=number))


@blueprint.route("/receiving/checks", methods=["GET", "POST"], defaults={"check_id": None})
@blueprint.route("/receiving/checks/<int:check_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_checks(check_id: int | None) -> ResponseReturnValue:
    """What is looked at when goods arrive, by group; a new check, or the change of one."""
    with open_reading() as session:
        known = get_check(session, check_id) if check_id else None
        names = {
            group.code: group.name_en if current_language() == "en" else group.name_vi
            for group in list_groups(session)
        }
        rows = list_checks(session)
    form: Any = CheckForm(obj=known)
    choose_from(form.group_code, [("", _("all goods")), *names.items()])

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            check = get_check(session, check_id) if check_id else QualityCheck()
            form.populate_obj(check)
            save_check(session, check, by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("storeroom.edit_checks"))

    if (
        answer := answer_form(form, save, {"name_missing": "name", "limits_crossed": "most_tenths"})
    ) is not None:
        return answer
    return render_template("storeroom/checks.html", rows=rows, names=names, form=form, known=known)


@blueprint.post("/receiving/checks/<int:check_id>/archive")
@requires_role(Role.MANAGER)
def archive_check(check_id: int) -> ResponseReturnValue:
    """Nobody is asked it any more; what it said of earlier deliveries stays."""
    with unit_of_work() as session:
        check = get_check(session, check_id)
        check.archived = True
        save_check(session, check, by=current_actor(), at=current_time())
    flash(_("Saved."))
    return redirect(url_for("storeroom.edit_checks"))
