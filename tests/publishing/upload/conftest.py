"""A reset upload setup for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..uploading import UploadSetup


@pytest.fixture(scope="module")
def shared_setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSetup]:
    with UploadSetup(tmp_path_factory.mktemp("upload")) as setup:
        yield setup


@pytest.fixture
def setup(shared_setup: UploadSetup) -> UploadSetup:
    shared_setup.renew()
    return shared_setup
