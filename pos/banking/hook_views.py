"""banking/hook_views.py — where providers call. No sign-in, no cookie: a call is proved by the secret of the account it names."""

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ..kernel.errors import Refused
from ..payments.feeds.webhook import MOST_BYTES, WebhookProblem, WebhookRefused
from ..payments.secret_store import SecretStore
from ..printing.send import wake_printers
from ..till.action import print_paid
from ..web.context import current_config, current_time
from ..web.rights import open_to_strangers
from .feed_notes import STRANGE, FeedNotes
from .hooks import HookCall, find_hook_account, read_call, require_proof, take_in_call

blueprint = Blueprint("bank_hooks", __name__, url_prefix="/bank/hook")
blueprint.after_request(wake_printers)
STATUSES = {WebhookProblem.TOO_LARGE: 413, WebhookProblem.BODY_ODD: 400}  # all others: 401
NO_SUCH, TOO_OFTEN, ROW_ODD = "no_such_address", "too_often", "row_odd"


@blueprint.post("/<feed>/<key>")
@open_to_strangers
def receive_call(feed: str, key: str) -> ResponseReturnValue:
    """One call of a provider. Every refusal is answered with the same words."""
    notes: FeedNotes = current_app.extensions["ocop_feed_notes"]
    store, at = SecretStore(Path(current_config().data.folder)), current_time()
    address = request.remote_addr or ""
    if not notes.take_turn(address):
        notes.note_refused_call(STRANGE, TOO_OFTEN, address)
        return _refuse(429, {"Retry-After": "60"})
    if (request.content_length or 0) > MOST_BYTES:
        notes.note_refused_call(STRANGE, WebhookProblem.TOO_LARGE.value, address)
        return _refuse(413)
    call = HookCall(feed, key, dict(request.headers), request.get_data(cache=False))
    account, secret = find_hook_account(store, feed, key)
    account_id = account.id if account else STRANGE
    try:
        require_proof(call, secret, at)
        signal = read_call(call)
    except WebhookRefused as no:
        why, status = no.kind.value, STATUSES.get(no.kind, 401)
    except Refused as no:
        why, status = f"{ROW_ODD}: {no.reasons[0].code}", 400
    else:
        if account is not None:
            if signal is not None:
                take_in_call(store, account, signal, notes, print_paid, at=at)
            return jsonify({"success": True})
        why, status = NO_SUCH, 404
    if account is None:
        why, status = NO_SUCH, 404
    notes.note_refused_call(account_id, why, address)
    return _refuse(status)


def _refuse(status: int, headers: dict[str, str] | None = None) -> Response:
    answer = jsonify({"success": False})
    answer.status_code = status
    answer.headers.extend(headers or {})
    return answer
