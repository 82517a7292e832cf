"""payOS: a link for each payment, asked after until it is paid."""

import pytest

from pos.demo.playing_bank import Fault, PlayingBank
from pos.payments.feeds.http import FeedError, FeedProblem
from pos.payments.feeds.payos import PayosFeed, sign_fields
from pos.payments.vietqr import decode_vietqr

from .conftest import AT, SOON, payos_feed
from .test_polling import FAILURES


def test_a_link_has_a_code_that_asks_for_its_amount(bank: PlayingBank, payos: PayosFeed) -> None:
    link = payos.make_link(1001, 39_000, "MPK7X2Q9FBW")
    code = decode_vietqr(link.qr_text).code
    assert (code.amount_vnd, code.bank_bin, code.account) == (39_000, link.bank_bin, link.account_number)
    assert (link.order_code, link.status) == (1001, "PENDING")
    state = payos.poll_link(1001)
    assert (state.status, state.amount_vnd, state.paid_vnd, state.page.signals) == ("PENDING", 39_000, 0, ())


def test_a_link_is_paid_in_parts(bank: PlayingBank, payos: PayosFeed) -> None:
    link = payos.make_link(1001, 39_000, "MPK7X2Q9FBW")
    bank.pay_code(link.qr_text, amount_vnd=19_000, at=AT)
    assert (payos.poll_link(1001).status, payos.poll_link(1001).paid_vnd) == ("PENDING", 19_000)
    bank.pay_code(link.qr_text, amount_vnd=20_000, text="khong ma", at=AT)
    state = payos.poll_link(1001)
    assert (state.status, state.paid_vnd) == ("PAID", 39_000)
    assert [(signal.amount_vnd, signal.code, signal.at) for signal in state.page.signals] == [
        (19_000, "1001", AT),
        (20_000, "1001", AT),
    ]
    assert len({signal.source_key for signal in state.page.signals}) == 2


def test_alike_transfers_without_a_reference_are_two(bank: PlayingBank, payos: PayosFeed) -> None:
    payos.make_link(1001, 39_000, "MP")
    for _time in range(2):
        bank.add_transfer(10_000, at=AT, reference="", order_code=1001)
    keys = [signal.source_key for signal in payos.poll_link(1001).page.signals]
    assert len(set(keys)) == 2
    assert keys == [signal.source_key for signal in payos.poll_link(1001).page.signals]


def test_an_order_that_is_known_already_is_told(payos: PayosFeed) -> None:
    payos.make_link(1001, 39_000, "MP")
    with pytest.raises(FeedError) as caught:
        payos.make_link(1001, 39_000, "MP")
    assert (caught.value.kind, caught.value.error_code) == (FeedProblem.ASKED_WRONG, "231")
    assert "tồn tại" in caught.value.detail


def test_a_cancelled_link_and_one_that_never_was(payos: PayosFeed) -> None:
    payos.make_link(1001, 39_000, "MP")
    payos.cancel_link(1001, "buyer left")
    assert payos.poll_link(1001).status == "CANCELLED"
    with pytest.raises(FeedError) as caught:
        payos.poll_link(1002)
    assert caught.value.kind is FeedProblem.ASKED_WRONG


def test_several_links_are_polled_and_a_failure_loses_nothing(bank: PlayingBank, payos: PayosFeed) -> None:
    for order_code in (1, 2, 3):
        bank.pay_code(payos.make_link(order_code, order_code * 1000, "MP").qr_text)
    assert [signal.amount_vnd for signal in payos.poll_links([1, 2, 3]).signals] == [1000, 2000, 3000]
    bank.play_fault(Fault.TOO_MANY, after=2)
    page = payos.poll_links([1, 2, 3])
    assert [signal.amount_vnd for signal in page.signals] == [1000, 2000]
    assert page.stopped_by is not None
    assert (page.stopped_by.kind, page.stopped_by.retry_after_s) == (FeedProblem.TOO_MANY, 7)
    assert payos.poll_links([]).signals == ()
    bank.play_fault(Fault.BROKEN)
    with pytest.raises(FeedError):
        payos.poll_links([1, 2])


@pytest.mark.parametrize(("fault", "problem"), FAILURES, ids=str)
def test_a_failure_is_told_by_its_kind(
    bank: PlayingBank, payos: PayosFeed, fault: Fault, problem: FeedProblem
) -> None:
    payos.make_link(1001, 39_000, "MP")
    bank.play_fault(fault, times=2)
    for call in (lambda: payos.make_link(1002, 1000, "MP"), lambda: payos.poll_link(1001)):
        with pytest.raises(FeedError) as caught:
            call()
        assert caught.value.kind is problem
    assert payos.poll_link(1001).order_code == 1001


def test_a_provider_that_hangs_is_left_soon(bank: PlayingBank) -> None:
    hasty = payos_feed(bank, SOON)
    bank.play_fault(Fault.HANGS)
    with pytest.raises(FeedError) as caught:
        hasty.make_link(1001, 39_000, "MP")
    assert caught.value.kind is FeedProblem.PROVIDER_DOWN
    hasty.close()


def test_a_wrong_checksum_key_is_told(bank: PlayingBank) -> None:
    keys = bank.books.keys
    other = PayosFeed(keys.payos_client, keys.payos_key, "another key", base_url=bank.payos_url)
    with pytest.raises(FeedError) as caught:
        other.make_link(1001, 39_000, "MP")
    assert (caught.value.kind, caught.value.error_code) == (FeedProblem.ASKED_WRONG, "201")
    other.close()


@pytest.mark.parametrize(
    "change",
    [{"amount": 1}, {"orderCode": 7}, {"qrCode": "not a code"}, {"qrCode": None}, {"signature": "0" * 64}, {"signature": None}],
)  # fmt: skip
def test_an_answer_of_another_payment_is_not_believed(
    bank: PlayingBank, payos: PayosFeed, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    def answer(*_call: object) -> dict[str, object]:
        data: dict[str, object] = {"orderCode": 1001, "amount": 39_000, "qrCode": good, **change}
        signature = sign_fields(data, bank.books.keys.payos_checksum)
        return {"code": "00", "data": data, "signature": change.get("signature", signature)}

    good = payos.make_link(1001, 39_000, "MP").qr_text
    monkeypatch.setattr("pos.demo.playing_bank.answer_payos", answer)
    with pytest.raises(FeedError) as caught:
        payos.make_link(1001, 39_000, "MP")
    assert caught.value.kind is FeedProblem.PROVIDER_DOWN


def test_what_is_signed_is_spelled_as_payos_does() -> None:
    fields = {"orderCode": 123, "amount": 3000, "description": "VQRIO123", "returnUrl": "", "cancelUrl": None}
    same = {**fields, "returnUrl": "undefined", "cancelUrl": "null"}
    assert sign_fields(fields, "k") == sign_fields(same, "k") != sign_fields(fields, "K")
    assert len(sign_fields({"items": [{"b": 1, "a": "ă"}]}, "k")) == 64
