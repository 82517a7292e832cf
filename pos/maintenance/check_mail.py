"""maintenance/check_mail.py — doctor's look at e-mails: is the post office reached and signed in to, and what did not arrive?"""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from ..config import Config
from ..messages.outbox import list_given_up, list_held_up
from ..messages.smtp import MailError, MailProblem, open_smtp
from .check_feeds import open_books
from .doctor_check import DoctorCheck

REMEDIES = {
    MailProblem.UNREACHABLE: "Kiểm tra mạng, host và port trong [mail]. / Check the internet, host and port in [mail].",
    MailProblem.INSECURE: "Xem security và ca_file trong [mail]; đừng tắt mã hóa khi thư đi qua mạng. / "
                          "See security and ca_file in [mail]; don't turn encryption off across a network.",
    MailProblem.LOGIN: "Xem user và password trong [mail]; nhiều nhà cung cấp cần mật khẩu ứng dụng. / "
                       "See user and password in [mail]; many providers want a password for applications.",
}  # fmt: skip


def check_mail(config: Config) -> Iterator[DoctorCheck]:
    """The post office, then the outbox."""
    if not config.mail.host:
        yield DoctorCheck("mail", True, "chưa đặt: không gửi email / not set: no e-mails are sent")
        return
    try:
        with open_smtp(config.mail) as smtp:
            greeting = smtp.noop()[0]
    except MailError as failure:
        yield DoctorCheck("mail", False, f"{config.mail.host}: {failure}", REMEDIES[failure.problem])
    else:
        yield DoctorCheck(
            "mail",
            True,
            f"{config.mail.host} ({config.mail.security}): {greeting}, {config.mail.from_address}",
        )
    with open_books(config) as session:
        if session is None:
            return
        try:
            given_up, waiting = len(list_given_up(session)), len(list_held_up(session))
        except SQLAlchemyError:  # books of an older version
            return
    yield DoctorCheck("outbox", not given_up, f"{given_up} không tới được / did not arrive, {waiting} đang chờ / waiting",
                      "Xem trang Tin nhắn. / See the page Messages.")  # fmt: skip
