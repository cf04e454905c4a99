"""A store that somebody else wrote keeps the whole contract, and goes in lockstep with ours."""

import ast
from pathlib import Path

import pytest
from hypothesis import settings

import crmcore
from crmcore.errors import Busy, InvalidValue, StoreUnavailable
from crmcore.memory import MemoryStore, Shelf
from crmcore.subjects import SUBJECTS
from crmcore.testing import (
    LAW,
    SPECIMENS,
    Capabilities,
    StoreContract,
    StoreFactory,
    run_lockstep,
)

from . import beside, contents, filestore
from .filestore import FileStore, open_url


class TestFileStore(StoreContract):
    capabilities = Capabilities(
        writes_beside_a_writer=False,
        seals_for_everybody=False,
        reasons={
            "writes_beside_a_writer": "a file is replaced as a whole",
            "seals_for_everybody": "whoever may write the file may write anything into it",
        },
    )

    @pytest.fixture
    def stores(self, tmp_path):
        return StoreFactory(
            lambda registry, tenant: FileStore(tmp_path, registry=registry, tenant=tenant)
        )


def test_files_go_in_lockstep_with_memory(tmp_path):
    shelf = Shelf()
    memory = StoreFactory(lambda r, t: MemoryStore(registry=r, tenant=t, shelf=shelf))
    files = StoreFactory(lambda r, t: FileStore(tmp_path, registry=r, tenant=t))

    run_lockstep([memory, files], settings(LAW, max_examples=10, stateful_step_count=20))


def test_a_crm_lives_in_files(tmp_path):
    crm = crmcore.open(open_url(f"files://{tmp_path}", registry=SUBJECTS, tenant="main"))
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    crm.close()

    again = crmcore.open(open_url(f"files://{tmp_path}", registry=SUBJECTS, tenant="main"))

    assert again.contacts.get(ada.id) == ada
    again.close()


def test_another_url_is_refused(tmp_path):
    for url in (f"file://{tmp_path}", "files://", "files"):
        with pytest.raises(InvalidValue, match="files://<folder>"):
            open_url(url, registry=SPECIMENS, tenant="main")


def test_who_waits_too_long_is_told_so(tmp_path):
    first, second = (
        FileStore(tmp_path, registry=SPECIMENS, tenant="main", deadline=0.01) for _ in range(2)
    )

    with first.begin(write=True), pytest.raises(Busy):
        second.begin(write=True)

    second.begin(write=True).rollback()


def test_a_file_that_cannot_be_read_fails_by_name(tmp_path):
    store = FileStore(tmp_path, registry=SPECIMENS, tenant="main")
    with store.begin(write=True) as unit:
        unit.draw("numbers", "2024")
        unit.commit()
    (file,) = tmp_path.glob("*.jsonl")
    file.write_text('{"generation": 7}\n{"number": ["num')

    with pytest.raises(StoreUnavailable, match="JSONDecodeError"):
        store.begin(write=False)


def test_only_public_names_are_used():
    rooms = {
        node.module
        for module in (filestore, contents, beside)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }

    used = {room for room in rooms if room and room.startswith("crmcore")}
    assert used == {"crmcore.errors", "crmcore.grammar", "crmcore.ports", "crmcore.wire"}
