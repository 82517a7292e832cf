"""E-mails through a real SMTP server on loopback: nothing is lost, nothing is sent twice, no name writes a header."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from pos.app import make_mail_worker
from pos.config import ConfigError, read_config
from pos.config import Mail as MailSettings
from pos.identity.people import add_person, get_person, set_active
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.slow_work import InsideUnitOfWork
from pos.lan.certificate import AUTHORITY, prepare_certificate
from pos.maintenance.check_mail import check_mail
from pos.messages.mail_choice import choose_mail, is_mail_address
from pos.messages.mail_worker import MailWorker
from pos.messages.models import DigestPace, Mail
from pos.messages.outbox import list_given_up, list_held_up
from pos.messages.smtp import MailError, MailProblem, OutgoingMail, compose_letter, open_smtp
from pos.messages.write import tell_producer
from tests.builders import a_maker
from tests.conftest import MANAGER, MORNING, Shop

from .post_office import PostOffice, an_open_post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with an_open_post_office() as office:
        yield office


def settings_for(office: PostOffice, **more: Any) -> MailSettings:
    return MailSettings(**{"host": "127.0.0.1", "port": office.port, "security": "none",
                           "from_address": "shop@example.com", "timeout_seconds": 5} | more)  # fmt: skip


def a_worker(shop: Shop, settings: MailSettings) -> MailWorker:
    shop.app.extensions["ocop_config"] = replace(shop.app.extensions["ocop_config"], mail=settings)
    return make_mail_worker(shop.app)


def a_reader(name: str = "Nguyễn Thị Lan", address: str = "lan@example.org", **wanted: Any) -> int:
    """A person of a new producer who wants every message; the producer's id."""
    with unit_of_work() as session:
        maker = a_maker(session, f"Hộ của {name}"[:60])
        person, _pin = add_person(session, name, Role.PRODUCER, by=MANAGER, at=MORNING, producer_id=maker.id)
        choose_mail(session, address, DigestPace.NONE, wanted.get("language", "vi"), each_message=True,
                    by=person.actor(), at=MORNING)  # fmt: skip
        return maker.id


def tell(producer_id: int, text: str, at: Any = MORNING) -> None:
    with unit_of_work() as session:
        tell_producer(session, producer_id, text, by=MANAGER, at=at)


def outbox() -> list[Mail]:
    with open_reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def test_a_letter_arrives_with_vietnamese_letters_and_once(any_shop: Shop, office: PostOffice) -> None:
    tell(a_reader(), "Đã nhận đủ chè lam, bưởi Diễn ở Đường Lâm. Cảm ơn chị!")
    worker = a_worker(any_shop, settings_for(office))
    assert [worker.step(), worker.step()] == [1, 0]
    (letter,) = office.letters
    assert "Đã nhận đủ chè lam, bưởi Diễn ở Đường Lâm" in letter.get_content()
    assert (letter["Subject"], office.recipients) == ("Tin nhắn từ Điểm OCOP thử", ["lan@example.org"])
    assert letter["To"].addresses[0].display_name == "Nguyễn Thị Lan"
    assert letter["From"].addresses[0].addr_spec == "shop@example.com"


def test_each_reads_in_their_own_language(shop: Shop, office: PostOffice) -> None:
    tell(a_reader(language="en"), "Chào")
    a_worker(shop, settings_for(office)).step()
    assert office.letters[0]["Subject"] == "Message from Điểm OCOP thử"


def test_mail_that_is_refused_for_a_while_is_tried_again_with_growing_waits(
    shop: Shop, office: PostOffice
) -> None:
    tell(a_reader(), "Chào")
    worker, waits = a_worker(shop, settings_for(office)), []
    office.answer = "451 4.3.0 try again later"
    for _nth in range(8):
        before = office.tried
        worker.step()
        assert office.tried == before + 1
        (mail,) = outbox()
        waits.append((mail.next_try_at - shop.clock.now()).total_seconds() / 60)
        assert worker.step() == 0
        assert office.tried == before + 1, "not before its time"
        shop.clock.advance(seconds=(mail.next_try_at - shop.clock.now()).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    office.answer = "250 OK"
    assert worker.step() == 1
    assert outbox()[0].sent_at == shop.clock.now()


def test_after_three_days_it_is_given_up_and_today_says_so(shop: Shop, office: PostOffice) -> None:
    tell(a_reader(), "Chào")
    worker = a_worker(shop, settings_for(office, port=1))  # nobody is there
    worker.step()
    shop.clock.advance(hours=2)
    with open_reading() as session:
        assert len(list_held_up(session)) == 1
    for _nth in range(100):
        worker.step()
        shop.clock.advance(hours=1)
    with open_reading() as session:
        ((mail, person),) = list_given_up(session)
    assert (mail.problem, person.name) == ("unreachable", "Nguyễn Thị Lan")
    assert worker.step() == 0
    found = list(check_mail(shop.app.extensions["ocop_config"]))
    assert [(check.about, check.ok) for check in found] == [("mail", False), ("outbox", False)]


def test_a_dropped_connection_loses_nothing_and_keeps_its_message_id(shop: Shop, office: PostOffice) -> None:
    tell(a_reader(), "Chào")
    token = outbox()[0].token
    office.drops = 1
    worker = a_worker(shop, settings_for(office))
    assert worker.step() == 0
    shop.clock.advance(minutes=5)
    assert worker.step() == 1
    assert [letter["Message-ID"] for letter in office.letters] == [f"<{token}@example.com>"]


def test_a_rejected_recipient_is_given_up_at_once_and_keeps_nobody_waiting(
    shop: Shop, office: PostOffice
) -> None:
    tell(a_reader("Hoa", "gone@example.org"), "Chào Hoa")
    tell(a_reader("Lan"), "Chào Lan")
    office.refuses = "gone@"
    assert a_worker(shop, settings_for(office)).step() == 1
    assert office.recipients == ["lan@example.org"]
    with open_reading() as session:
        assert [(mail.problem, person.name) for mail, person in list_given_up(session)] == [
            ("refused", "Hoa")
        ]


def test_a_restart_in_the_middle_sends_each_once(shop: Shop, office: PostOffice) -> None:
    producer_id = a_reader()
    for n in range(6):
        tell(producer_id, f"Tin {n}")
    first = a_worker(shop, settings_for(office))
    office.on_letter = lambda: first._stopping.set() if len(office.letters) == 3 else None
    first.step()
    assert len(office.letters) == 3
    assert a_worker(shop, settings_for(office)).step() == 3
    texts = [letter.get_content() for letter in office.letters]
    assert [sum(f"Tin {n}" in text for text in texts) for n in range(6)] == [1] * 6


def test_a_letter_that_was_handed_over_while_the_books_were_busy_is_not_sent_again(
    shop: Shop, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(a_reader(), "Chào")
    worker = a_worker(shop, settings_for(office))
    with monkeypatch.context() as busy:
        busy.setattr("pos.messages.mail_worker.note_sent", _raise_busy)
        with suppress(OSError):
            worker.step()
    worker.step()
    assert len(office.letters) == 1
    assert outbox()[0].sent_at is not None


def _raise_busy(*_args: Any, **_more: Any) -> None:
    raise OSError("database is locked")


def test_starttls_with_a_certificate_of_ones_own(shop: Shop, tmp_path: Path) -> None:
    chain, key = prepare_certificate(tmp_path, ["127.0.0.1"], at=shop.clock.now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    tell(a_reader(), "Chào")
    with an_open_post_office(context, login=True) as office:
        safe = settings_for(office, security="starttls", user="shop", password="secret word",
                            ca_file=str(tmp_path / f"{AUTHORITY}.pem"))  # fmt: skip
        for odd, problem in (
            (replace(safe, ca_file=""), MailProblem.INSECURE),
            (replace(safe, password="wrong"), MailProblem.LOGIN),
        ):
            with pytest.raises(MailError) as failure, open_smtp(odd):
                pass
            assert failure.value.problem is problem
        assert a_worker(shop, safe).step() == 1
        assert len(office.letters) == 1
    with (
        an_open_post_office() as plain,
        pytest.raises(MailError) as failure,
        open_smtp(settings_for(plain, security="starttls")),
    ):
        pass
    assert failure.value.problem is MailProblem.INSECURE, "never in the clear where it was to be encrypted"


@pytest.mark.parametrize(
    "name", ["Lan\r\nBcc: all@example.org", "Lan\nSubject: x", "Lan\x00\x0b\x85Bcc: y", 'L"a,n <x@y>']
)
def test_a_name_writes_no_header(name: str, office: PostOffice) -> None:
    mail = OutgoingMail(name, "lan@example.org", name, f"Chào {name}", "Thân", "t", MORNING)
    letter = compose_letter(mail, "shop@example.com")
    assert letter["Bcc"] is None
    assert [address.addr_spec for address in letter["To"].addresses] == ["lan@example.org"]
    assert b"\nBcc" not in letter.as_bytes()


@pytest.mark.parametrize("address", ["a b@example.org", "a@b", "a@example.org\r\nBcc: x@y.org", "<a@example.org>", "a@example.org,b@example.org", "á@example.org", ".a@example.org", "a..b@example.org"])  # fmt: skip
def test_an_address_is_one_plain_address(shop: Shop, address: str) -> None:
    assert not is_mail_address(address)
    assert is_mail_address("lan.nguyen+ocop@mail.example.org")
    with pytest.raises(Refused):
        a_reader(address=address)


def test_who_has_left_gets_nothing_and_is_forgotten(shop: Shop, office: PostOffice) -> None:
    producer_id = a_reader()
    tell(producer_id, "Chào")
    (mail,) = outbox()
    with unit_of_work() as session:
        set_active(session, get_person(session, mail.person_id), False, by=MANAGER, at=MORNING)
    assert a_worker(shop, settings_for(office)).step() == 0
    assert outbox() == []


def test_no_letter_is_sent_inside_a_unit_of_work(shop: Shop, office: PostOffice) -> None:
    with unit_of_work(), pytest.raises(InsideUnitOfWork), open_smtp(settings_for(office)):
        pass


GREETING = b"220 there\r\n"


def _drip(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.05):
        connection.sendall(b"2")


def _never_end(connection: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        connection.sendall(b"220-x\r\n" * 100)


def _drip_at_the_letter(connection: socket.socket, over: threading.Event) -> None:
    """All is well until the letter has come: its answer is dripped."""
    connection.sendall(GREETING)
    with connection.makefile("rb") as commands:
        for line in commands:
            connection.sendall(b"354 go on\r\n" if line == b"data\r\n" else b"250 OK\r\n")
            if line == b"data\r\n":
                break
    _drip(connection, over)


@contextmanager
def a_bad_server(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Its port; each who connects is talked to like that."""
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection, over)

    def listen() -> None:
        with suppress(OSError):
            while not over.is_set():
                threading.Thread(target=serve, args=[server.accept()[0]], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]
        over.set()


@pytest.mark.parametrize("talk", [_drip, _never_end, _drip_at_the_letter])
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_server_that_never_ends_its_answer_holds_nobody_for_ever(
    shop: Shop, talk: Callable[[socket.socket, threading.Event], None], security: str
) -> None:
    tell(a_reader(), "Chào")
    with a_bad_server(talk) as port:
        settings = MailSettings(host="127.0.0.1", port=port, security=security, from_address="shop@example.com", timeout_seconds=0.3)  # fmt: skip
        worker = a_worker(shop, settings)
        done: list[int] = []
        thread = threading.Thread(target=lambda: done.append(worker.step()), daemon=True)
        thread.start()
        thread.join(60)
    assert done == [0]
    assert outbox()[0].sent_at is None
    assert outbox()[0].tries == 1


def test_settings_need_the_address_that_mail_comes_from(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("secret word\n")
    file = tmp_path / "config.toml"
    file.write_text('[mail]\nhost = "smtp.example.com"\nfrom_address = "shop@example.com"\n')
    config = read_config(file, {"OCOP_POS_MAIL__PASSWORD_FILE": str(secret)})
    assert config.mail.password == "secret word"
    file.write_text('[mail]\nhost = "smtp.example.com"\n')
    with pytest.raises(ConfigError, match="from_address"):
        read_config(file, {})
