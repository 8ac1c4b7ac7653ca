import pytest

from gis_platform.core.findings import Account, AccountError, StepAccount


def test_step_that_loses_a_row_cannot_be_accounted_for() -> None:
    with pytest.raises(AccountError, match=r"took 10 rows and accounts for 9"):
        StepAccount("match", read=10, passed=6, held=2, rejected=1)


def test_step_that_invents_a_row_cannot_be_accounted_for() -> None:
    with pytest.raises(AccountError):
        StepAccount("match", read=1, passed=1, held=1)


def test_account_sums_to_what_was_read() -> None:
    account = Account(
        (
            StepAccount("read", read=100, passed=95, rejected=5),
            StepAccount("match", read=95, passed=80, held=15),
            StepAccount("check", read=80, passed=78, rejected=2),
        )
    )
    assert (account.read, account.loaded, account.held, account.rejected) == (100, 78, 15, 7)
    assert account.read == account.loaded + account.held + account.rejected


def test_rows_lost_between_two_steps_are_seen() -> None:
    steps = (StepAccount("read", read=10, passed=10), StepAccount("match", read=9, passed=9))
    with pytest.raises(AccountError, match=r"passed 10 rows, “match” read 9"):
        Account(steps)


def test_account_of_nothing_is_zero() -> None:
    empty = Account(())
    assert (empty.read, empty.loaded, empty.held, empty.rejected) == (0, 0, 0, 0)
