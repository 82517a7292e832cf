"""Shops further on their way than the village, for the tests of the use cases."""

import pytest
from flask.testing import FlaskClient

from pos.kernel.database import unit_of_work
from pos.tags.shelf import hang_tag
from tests.builders import print_all
from tests.conftest import MANAGER, MORNING, Shop


@pytest.fixture
def tagged(village: Shop) -> Shop:
    """The village with a true tag before all that may be sold."""
    with unit_of_work() as session:
        hang_tag(session, [tag for tag, _ in print_all(session).tags], by=MANAGER, at=MORNING)
    return village


@pytest.fixture
def cashier(village: Shop) -> FlaskClient:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    return client


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")
