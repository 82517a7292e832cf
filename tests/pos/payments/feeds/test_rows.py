"""One row of a feed, read strictly; and the client that fetched it."""

import json
import pickle
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.demo.played_providers import spell_casso_record, spell_sepay_row
from pos.demo.playing_bank import PlayingBank
from pos.lan.certificate import prepare_certificate
from pos.payments.feeds import casso, payos, sepay
from pos.payments.feeds.http import USUAL_RETRY_S, FeedClient, FeedError, FeedProblem, FeedTimeouts
from pos.payments.feeds.rows import clean_text, load_object, read_rows, read_time
from pos.web.reasons import load_reasons

from .conftest import AT
from .test_webhooks import json_values

SOUND = {
    "sepay": (sepay.read_transaction, spell_sepay_row, "amount_in", "transaction_date", "account_number"),
    "casso": (casso.read_record, spell_casso_record, "amount", "when", "bankSubAccId"),
}
ODD_AMOUNTS = [0, 12.5, "39000", True, None, [39000], {"x": 1}, 10**13, 1e300]


@pytest.mark.parametrize("name", SOUND)
def test_a_row_that_is_not_clear_is_refused_and_the_others_go_on(bank: PlayingBank, name: str) -> None:
    read_row, spell_row, amount, time, account = SOUND[name]
    good = spell_row(bank.add_transfer(39_000, at=AT))
    rows: list[object] = [good | {amount: value} for value in ODD_AMOUNTS]
    rows += [
        good | {time: value}
        for value in (None, "", 5, "hôm nay", "2026-11-24", "9999-99-99 00:00:00", "0001-01-01 00:00:00")
    ]
    rows += [good | {account: value} for value in (None, "", "12-34", "1" * 60, [1])]
    rows += [good | {"currency": value} for value in ("USD", ["VND"], 5)]
    rows += [good | {"id": value} for value in (True, [1], "x" * 500, {})]
    rows += [None, 7, "row", [good]]
    signals, refused = read_rows([*rows, good, good | {"brandNew": {"a": [1]}, "currency": "VND"}], read_row)
    assert [signal.amount_vnd for signal in signals] == [39_000]
    assert len(refused) == len({json.dumps(row) for row in rows})
    assert {row.reason.code for row in refused} <= set(load_reasons())
    assert json.loads(refused[0].raw) == rows[0]


def test_money_that_is_negative_where_the_provider_never_says_so_is_refused(bank: PlayingBank) -> None:
    good = spell_sepay_row(bank.add_transfer(39_000, at=AT))
    rows = [
        good | {"amount_in": -39_000},
        good | {"amount_out": 5},
        good | {"transfer_type": "both"},
        good | {"transfer_type": []},
    ]
    assert read_rows(rows, sepay.read_transaction)[0] == []


def test_a_whole_number_may_be_spelled_with_a_point(bank: PlayingBank) -> None:
    row = spell_casso_record(bank.add_transfer(39_000, at=AT)) | {"amount": -39000.0, "cusumBalance": 1e30}
    (signal,) = read_rows([row], casso.read_record)[0]
    assert (signal.amount_vnd, signal.direction, signal.balance_vnd) == (39_000, "out", None)


def test_a_record_without_an_id_is_known_by_its_reference(bank: PlayingBank) -> None:
    good = spell_casso_record(bank.add_transfer(39_000, at=AT))
    signals, refused = read_rows([good | {"id": ""}, good | {"id": "", "tid": ""}], casso.read_record)
    assert [signal.source_key for signal in signals] == ["FT26330000001/19001234567890/39000"]
    assert [row.reason.code for row in refused] == ["feed_row_lacks"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-24 10:00:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T10:00:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T10:00:00+07:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T03:00:00Z", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T03:00:00.000Z", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24 10:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
    ],
)
def test_times_are_viet_nams_unless_they_say_otherwise(text: str, at: datetime) -> None:
    assert read_time({"at": text}, "at") == at
    assert read_time({"at": text}, "at").tzinfo is UTC


def test_texts_lose_what_no_database_keeps() -> None:
    assert clean_text("a\x00b\ud800\n c\u200b") == "a b? c"
    found = load_object(b'{"a":"\\ud800\\u0000"}')
    assert found is not None
    signals, refused = read_rows([found], casso.read_record)
    assert signals == []
    refused[0].raw.encode()


names = ["id", "transaction_date", "account_number", "transfer_type", "amount_in", "amount_out", "transaction_content", "code",
         "reference_number", "accumulated", "tid", "description", "amount", "when", "bankSubAccId", "corresponsiveName", "currency"]  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(names), json_values, max_size=12) | json_values, max_size=5))
def test_whatever_a_page_holds_is_read_or_refused(rows: list[object]) -> None:
    for reader in (sepay.read_transaction, casso.read_record):
        signals, refused = read_rows(rows, reader)
        assert len(signals) + len(refused) <= len(rows)
        for text in [signal.raw for signal in signals] + [row.raw for row in refused]:
            text.encode()
            assert "\x00" not in text


answers = st.dictionaries(
    st.sampled_from(["data", "meta", "status", "error", "code", "message"]), json_values | st.just([])
)


@given(
    answers,
    st.dictionaries(
        st.sampled_from(["records", "nextPage", "transactions", "orderCode", "amount"]), json_values
    ),
)
def test_whatever_an_answer_is_gives_a_page_or_a_feed_error(
    answer: dict[str, object], data: dict[str, object]
) -> None:
    feeds: list[tuple[object, Callable[[], object]]] = []
    for feed in (sepay.SepayFeed("t"), casso.CassoFeed("t"), payos.PayosFeed("a", "b", "c")):

        def get_json(*_asked: object) -> dict[str, object]:
            return answer

        feed.client.get_json = get_json  # type: ignore[method-assign,assignment]
        call = (
            (lambda feed=feed: feed.poll_link(1))
            if isinstance(feed, payos.PayosFeed)
            else (lambda feed=feed: feed.poll("", at=AT))
        )
        feeds.append((feed, call))
    for found in (answer, {"code": "00", "error": 0, "data": data}):
        answer = found
        for _feed, call in feeds:
            try:
                call()
            except FeedError as failure:
                assert failure.kind in FeedProblem  # noqa: PT017


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that answers a byte at a time, for ever."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _address = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            try:
                while not stopping.wait(0.02):
                    connection.sendall(b" ")
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stopping.set()
    listener.close()


def test_an_answer_that_drips_is_left_when_the_whole_time_is_over(dripping: str) -> None:
    with (
        FeedClient(dripping, {}, timeouts=FeedTimeouts(2.0, 2.0, 0.2)) as client,
        pytest.raises(FeedError) as caught,
    ):
        client.get_json("/x")
    assert (caught.value.kind, caught.value.detail) == (FeedProblem.PROVIDER_DOWN, "the answer took too long")


def test_nobody_at_home_is_a_provider_that_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with FeedClient(address, {}) as client, pytest.raises(FeedError) as caught:
        client.get_json("/x")
    assert caught.value.kind is FeedProblem.PROVIDER_DOWN


@pytest.mark.parametrize(
    "address",
    ["http://userapi.sepay.vn/v2", "ftp://x", "", "https://", "https://user:pw@x", "https://x?y=1", "http://[", "https://x:99999"],
)  # fmt: skip
def test_a_token_goes_over_https_alone(address: str) -> None:
    with pytest.raises(FeedError) as caught:
        FeedClient(address, {})
    assert caught.value.kind is FeedProblem.ASKED_WRONG


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("3", 3),
        ("0", 1),
        ("99999999", 3600),
        ("Wed, 21 Oct 2026 07:28:00 GMT", USUAL_RETRY_S),
        ("", USUAL_RETRY_S),
        ("-5", USUAL_RETRY_S),
    ],
)
def test_how_long_to_wait_is_read_and_bounded(
    bank: PlayingBank, sepay_seconds: Callable[[str], int | None], stated: str, seconds: int
) -> None:
    assert sepay_seconds(stated) == seconds


@pytest.fixture
def sepay_seconds(bank: PlayingBank) -> Callable[[str], int | None]:
    from pos.demo.playing_bank import Fault

    def find_wait(stated: str) -> int | None:
        bank.retry_after = stated
        bank.play_fault(Fault.TOO_MANY)
        with FeedClient(bank.sepay_url, {}) as client, pytest.raises(FeedError) as caught:
            client.get_json("/transactions")
        return caught.value.retry_after_s

    return find_wait


def test_a_certificate_that_this_computer_does_not_trust_gets_no_token(tmp_path: Path) -> None:
    chain, key = prepare_certificate(tmp_path, ["127.0.0.1"], at=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            connection, _address = listener.accept()
            with suppress(OSError), context.wrap_socket(connection, server_side=True) as wrapped:
                received.append(wrapped.recv(4096))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with FeedClient(address, {"Authorization": "x"}) as client, pytest.raises(FeedError) as caught:
            client.get_json("/x")
        thread.join(5)
    assert (caught.value.kind, caught.value.detail) == (FeedProblem.PROVIDER_DOWN, "SSLError")
    assert [piece for piece in received if piece] == []


def test_a_failure_keeps_what_it_says_between_processes() -> None:
    failure = FeedError(FeedProblem.TOO_MANY, "HTTP 429", retry_after_s=7, error_code="x")
    again = pickle.loads(pickle.dumps(failure))
    assert (again.kind, again.detail, again.retry_after_s, again.error_code) == (
        "too_many",
        "HTTP 429",
        7,
        "x",
    )
