"""The webhooks of SePay and Casso: only what the provider signed, lately, is believed."""

import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.demo.played_webhooks import CallMaker, WebhookFault, make_casso_call, make_sepay_call, send_webhook
from pos.demo.playing_bank import PlayingBank
from pos.kernel.errors import Refused
from pos.payments.feeds import casso_webhook, sepay_webhook
from pos.payments.feeds.webhook import MOST_BYTES, WebhookProblem, WebhookRefused
from pos.payments.signals import Direction

from .conftest import AT

SECRET = "a secret"
PROVIDERS = [(sepay_webhook, make_sepay_call), (casso_webhook, make_casso_call)]
both = pytest.mark.parametrize(("webhook", "make_call"), PROVIDERS, ids=["sepay", "casso"])


def problem_of(
    webhook: ModuleType, headers: dict[str, str], body: bytes, secret: str = SECRET, at: datetime = AT
) -> WebhookProblem:
    with pytest.raises(WebhookRefused) as caught:
        webhook.verify_signature(headers, body, secret, at)
    return caught.value.kind


@both
def test_a_call_of_the_provider_is_a_transfer(
    bank: PlayingBank, webhook: ModuleType, make_call: CallMaker
) -> None:
    transfer = bank.add_transfer(39_000, "MBVCB.1.2.MPK7X2Q9FBW.CT tiền", at=AT)
    headers, body = make_call(transfer, SECRET, AT)
    webhook.verify_signature({name.upper(): value for name, value in headers.items()}, body, SECRET, AT)
    signal = webhook.read_signal(body)
    assert (signal.direction, signal.amount_vnd, signal.at) == (Direction.IN, 39_000, AT)
    assert (signal.account_number, signal.reference) == (transfer.account, transfer.reference)
    assert (signal.text, signal.balance_vnd) == ("MBVCB.1.2.MPK7X2Q9FBW.CT tiền", 39_000)
    assert signal.source == webhook.SOURCE
    assert signal.source_key in signal.raw
    out = bank.add_transfer(4_000, direction=Direction.OUT, at=AT)
    signal = webhook.read_signal(make_call(out, SECRET, AT)[1])
    assert (signal.direction, signal.amount_vnd) == (Direction.OUT, 4_000)


@both
@pytest.mark.parametrize(("passed", "is_taken"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_call_is_fresh_for_five_minutes_both_ways(
    bank: PlayingBank, webhook: ModuleType, make_call: CallMaker, passed: int, is_taken: bool
) -> None:
    headers, body = make_call(bank.add_transfer(1000), SECRET, AT)
    at = AT + timedelta(seconds=passed)
    if is_taken:
        webhook.verify_signature(headers, body, SECRET, at)
    else:
        assert problem_of(webhook, headers, body, at=at) is WebhookProblem.WRONG_TIME


@both
def test_a_call_of_somebody_else_is_refused(
    bank: PlayingBank, webhook: ModuleType, make_call: CallMaker
) -> None:
    headers, body = make_call(bank.add_transfer(39_000), SECRET, AT)
    assert problem_of(webhook, headers, body, "another") is WebhookProblem.WRONG_PROOF
    assert problem_of(webhook, headers, body, "") is WebhookProblem.WRONG_PROOF
    assert problem_of(webhook, headers, body.replace(b"39000", b"99000")) is WebhookProblem.WRONG_PROOF
    assert problem_of(webhook, {}, body) is WebhookProblem.NO_PROOF
    for name in list(headers)[1:]:
        assert problem_of(webhook, headers | {name: ""}, body) is WebhookProblem.NO_PROOF
        assert problem_of(webhook, headers | {name: "é١"}, body) in {
            WebhookProblem.WRONG_PROOF,
            WebhookProblem.WRONG_TIME,
        }
    large = body + b" " * MOST_BYTES
    assert problem_of(webhook, headers, large) is WebhookProblem.TOO_LARGE
    unsigned = make_call(bank.add_transfer(1), "", AT)
    assert problem_of(webhook, *unsigned, "") is WebhookProblem.WRONG_PROOF


@both
def test_another_time_does_not_renew_a_call(
    bank: PlayingBank, webhook: ModuleType, make_call: CallMaker
) -> None:
    headers, body = make_call(bank.add_transfer(39_000), SECRET, AT - timedelta(hours=1))
    fresh, _body = make_call(bank.add_transfer(39_000), SECRET, AT)
    stamp = next(
        name for name in headers if name != "Content-Type" and ("Timestamp" in name or "Casso" in name)
    )
    newer = fresh[stamp] if webhook is sepay_webhook else headers[stamp].replace(
        headers[stamp][: headers[stamp].index(",")], fresh[stamp][: fresh[stamp].index(",")]
    )  # fmt: skip
    assert problem_of(webhook, headers | {stamp: newer}, body) is WebhookProblem.WRONG_PROOF


def test_sepay_may_prove_itself_by_a_key(bank: PlayingBank) -> None:
    sepay_webhook.verify_api_key({"authorization": "Apikey k1"}, "k1")
    for headers in ({"Authorization": "Apikey k2"}, {"Authorization": "k1"}, {}):
        with pytest.raises(WebhookRefused):
            sepay_webhook.verify_api_key(headers, "k1")
    with pytest.raises(WebhookRefused):
        sepay_webhook.verify_api_key({"Authorization": "Apikey "}, "")


def test_casso_is_taken_as_php_spells_it_too(bank: PlayingBank) -> None:
    _headers, body = make_casso_call(bank.add_transfer(39_000, "tiền/mật"), SECRET, AT)
    stamp = int(AT.timestamp() * 1000)
    text = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).replace("/", "\\/")
    signature = hmac.new(SECRET.encode(), f"{stamp}.{text}".encode(), "sha512").hexdigest()
    casso_webhook.verify_signature({"X-Casso-Signature": f"t={stamp},v1={signature}"}, body, SECRET, AT)


def test_cassos_trial_call_is_no_transfer() -> None:
    assert casso_webhook.read_signal(b'{"error":0,"data":{"id":0,"amount":599000}}') is None


@both
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b'{"a":NaN}', b"[" * 5000, b'{"a":' * 900 + b"1" + b"}" * 900, b"1" * 6000],
)
def test_a_body_that_is_none_is_refused(webhook: ModuleType, make_call: CallMaker, body: bytes) -> None:
    with pytest.raises(WebhookRefused) as caught:
        webhook.read_signal(body)
    assert caught.value.kind is WebhookProblem.BODY_ODD
    stamp = str(int(AT.timestamp()))
    proof = {
        "X-Casso-Signature": f"t={stamp}000,v1={'0' * 128}",
        "X-SePay-Signature": "x",
        "X-SePay-Timestamp": stamp,
    }
    assert problem_of(webhook, proof, body) in {WebhookProblem.BODY_ODD, WebhookProblem.WRONG_PROOF}


@both
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("amount", 0, "feed_row_amount_odd"),
        ("amount", 1000.5, "feed_row_amount_odd"),
        ("amount", "1000", "feed_row_amount_odd"),
        ("amount", True, "feed_row_amount_odd"),
        ("amount", 10**13, "feed_row_amount_odd"),
        ("amount", None, "feed_row_lacks"),
        ("currency", "USD", "feed_row_other_currency"),
        ("id", None, "feed_row_lacks"),
        ("accountNumber", "", "feed_row_lacks"),
        ("time", "24/11/2026", "feed_row_time_odd"),
        ("time", "2026-13-01 00:00:00", "feed_row_time_odd"),
    ],
)
def test_a_transfer_that_is_not_clear_is_refused(
    bank: PlayingBank, webhook: ModuleType, make_call: CallMaker, name: str, value: object, code: str
) -> None:
    content = json.loads(make_call(bank.add_transfer(39_000), SECRET, AT)[1])
    row = content.get("data", content)
    own = {"amount": ("transferAmount", "amount"), "time": ("transactionDate", "transactionDateTime")}
    row[own.get(name, (name, name))[webhook is casso_webhook]] = value
    with pytest.raises(Refused) as caught:
        webhook.read_signal(json.dumps(content).encode())
    assert [reason.code for reason in caught.value.reasons] == [code]


@both
def test_new_fields_are_passed_over(bank: PlayingBank, webhook: ModuleType, make_call: CallMaker) -> None:
    content = json.loads(make_call(bank.add_transfer(39_000), SECRET, AT)[1])
    (content.get("data") or content).update({"brandNew": {"deep": [1, 2]}, "expiredAt": None})
    assert webhook.read_signal(json.dumps(content).encode()).amount_vnd == 39_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
names = ["id", "transferType", "transferAmount", "accountNumber", "transactionDate", "content", "code", "accumulated",
         "amount", "reference", "description", "transactionDateTime", "currency", "runningBalance"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(names), json_values), st.binary(max_size=60))
def test_whatever_comes_is_a_transfer_or_refused(fields: dict[str, object], noise: bytes) -> None:
    bodies = (json.dumps(fields).encode(), json.dumps({"error": 0, "data": fields}).encode(), noise)
    for body in bodies:
        for webhook in (sepay_webhook, casso_webhook):
            try:
                signal = webhook.read_signal(body)
            except (Refused, WebhookRefused):
                continue
            assert signal is None or signal.amount_vnd > 0


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A shop's door that checks each call: its address, and what it made of them."""
    outcomes: list[str] = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            webhook = casso_webhook if self.path == "/casso" else sepay_webhook
            try:
                webhook.verify_signature(dict(self.headers.items()), body, SECRET, AT)
                signal = webhook.read_signal(body)
                outcomes.append(signal.source_key if signal else "none")
                status = 200
            except WebhookRefused as no:
                outcomes.append(no.kind)
                status = 401
            content = json.dumps(webhook.ANSWER).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", outcomes
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "make_call", "key"), [("/sepay", make_sepay_call, "90001"), ("/casso", make_casso_call, "5001")]
)
def test_calls_that_come_over_the_wire(
    bank: PlayingBank, listener: tuple[str, list[str]], path: str, make_call: CallMaker, key: str
) -> None:
    url, outcomes = listener
    transfer = bank.add_transfer(39_000, "tiền MPK7X2Q9FBW", at=AT)
    for fault, statuses, expected in (
        (None, [200], [key]),
        (WebhookFault.NEVER, [], []),
        (WebhookFault.TWICE, [200, 200], [key, key]),
        (WebhookFault.OLD_TIMESTAMP, [401], ["wrong_time"]),
        (WebhookFault.WRONG_SIGNATURE, [401], ["wrong_proof"]),
    ):
        outcomes.clear()
        done = send_webhook(url + path, transfer, SECRET, at=AT, make_call=make_call, fault=fault)
        assert (done, outcomes) == (statuses, expected)
