"""``python -m crmcore`` as a shell calls it: what it writes, reads, and ends with."""

import subprocess
import sys
from datetime import date

import pytest

import crmcore
from crmcore.__main__ import FAULTS, REFUSED, main

SECRET = "s3cr3t"  # noqa: S105 - of nobody


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'crm.db'}"


@pytest.fixture
def filled(url):
    with crmcore.open(url) as crm:
        crm.contacts.add_organization(name="Ädä & Söhne", key="k")
        return [*crm.dump()]


def called(*arguments, given=b""):
    """What a process of its own answers: its exit status and what it wrote."""
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", "-m", "crmcore", *arguments],
        input=given,
        capture_output=True,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr.decode()


def test_a_dump_goes_through_a_pipe_into_another_store(url, filled, tmp_path):
    other = f"sqlite:///{tmp_path / 'other.db'}"

    status, written, said = called("dump", url)
    loaded = called("load", other, "--tenant", "north", given=written)

    assert (status, said) == (0, "")
    assert written == "".join(f"{line}\n" for line in filled).encode("ascii")
    assert loaded == (0, b"loaded 1 entities, 1 events, 0 series and 1 keys\n", "")
    assert called("dump", other, "--tenant", "north")[1] == written
    assert called("check", other, "--tenant", "north")[0] == 0


@pytest.mark.parametrize("given", [b"", b"\xff\n", b"{}\n", b'{"crmcore":"dump","version":9}\n'])
def test_what_is_no_dump_is_refused_with_one_line(url, given):
    status, written, said = called("load", url, given=given)

    assert (status, written) == (REFUSED, b"")
    assert said.startswith("crmcore: ")
    assert said.count("\n") == 1


def test_a_reader_that_has_had_enough_ends_a_dump_quietly(url):
    with crmcore.open(url) as crm, crm.transaction() as tx:
        for number in range(2000):
            tx.contacts.add_organization(name=f"Firm {number}")
    run = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "crmcore", "dump", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    assert run.stdout.readline() == b'{"crmcore":"dump","version":1}\n'
    run.stdout.close()

    assert run.wait(timeout=60) == REFUSED
    assert run.stderr.read() == b""
    run.stderr.close()


def test_a_check_ends_with_what_it_found(url, filled, capsys):
    sound = main(["check", url])
    with crmcore.open(url) as crm, crm.store.begin(write=True) as work:
        work.draw("invoice", "2026")
        work.commit()
    found = main(["check", url])

    assert (sound, found) == (0, FAULTS)
    said = capsys.readouterr().out
    assert "invoice-numbers: invoice: the counter of series invoice 2026" in said
    many = len(crmcore.open("memory://").check().laws)
    assert f"\nclean: every one of {many} laws holds\n" in said
    assert said.endswith(f"\nNOT clean: 1 fault, 1 of {many} laws broken\n")


def test_own_attributes_and_entities_are_declared_by_options(url, capsys):
    with crmcore.open(url, attributes={"contact": {"shoe_size": int, "seen": date}}) as crm:
        crm.contacts.add_organization(name="A", attributes={"shoe_size": 44})
    options = ["--attribute", "contact.shoe_size=int", "--attribute", "contact.seen=date"]

    assert main(["check", url, *options]) == 0
    assert main(["check", url, "--entities", f"{__name__}:NONE", "--events", "os:sep"]) == REFUSED
    assert main(["check", url, "--attribute", "contact.shoe_size=shoe"]) == REFUSED
    assert main(["check", url, "--entities", "nowhere.at.all"]) == REFUSED
    assert "must name several of them" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", [f"nosql://me:{SECRET}@host/db", f"me:{SECRET}@host/db", f"mongodb://me:{SECRET}@:0"]
)
def test_no_secret_of_a_url_is_repeated(url):
    status, written, said = called("check", url)

    assert status == REFUSED
    assert SECRET not in said + written.decode()


def test_a_url_may_come_from_a_file(url, filled, tmp_path, capsys):
    file = tmp_path / "arguments.txt"
    file.write_text(f"{url}\n--tenant\nnobody\n")

    assert main(["dump", f"@{file}"]) == REFUSED
    assert "nothing is stored for tenant 'nobody'" in capsys.readouterr().err


def test_a_check_of_nothing_does_not_look_well(url, filled, capsys):
    assert main(["check", url, "--tenant", "nobody"]) == REFUSED
    assert "nothing is stored" in capsys.readouterr().err


def test_a_call_without_sense_is_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["sing"])

    assert caught.value.code == REFUSED


NONE = ()
