"""Marks of another limit than the declared one and numbers beyond it are told with their rows."""


def test_another_limit_than_the_declared_one_is_noticed(wide) -> None:
    wide.spec["marker"][0]["lower_limit"] = 0.3
    wide.table.loc[[2, 5], "il6_0"] = "<0.5"
    wide.table.loc[6, "il6_0"] = "<0.3"
    wide.table.loc[:, "il6_12"] = [f"{1 + i / 10:g}" for i in range(24)]
    messages = _messages(wide, "il6_0")
    assert (
        "IL-6: '<0.5' in 2 rows (4, 7), while lower_limit is 0.3: censored at the number that the cell names. Ask the "
        "laboratory if the limit differs between samples"
    ) in messages
    assert not any("<0.3" in message for message in messages)


def test_a_number_under_the_declared_limit_is_noticed(wide) -> None:
    wide.spec["marker"][0] |= {"lower_limit": 0.3, "floors": [0.15]}
    wide.table.loc[:, "il6_0"] = [f"{1 + i / 10:g}" for i in range(24)]
    wide.table.loc[[2, 3, 4], "il6_0"] = ["0.2", "0.25", "0.15"]
    (message,) = (message for message in _messages(wide, "il6_0") if "not as measured" in message)
    assert "numbers below lower_limit, 0.3 (0.2 to 0.25), in 2 rows (4, 5) are read as 'below 0.3'" in message


def test_the_limit_is_that_of_the_sample(wide) -> None:
    wide.table["lod_0"] = "0.5"
    wide.table["lod_12"] = ""
    wide.spec["marker"][0] |= {"lower_limit": 0.1, "lower_limit_columns": ["lod_0", "lod_12"]}
    wide.table.loc[:, "il6_0"] = [f"{1 + i / 10:g}" for i in range(24)]
    wide.table.loc[:, "il6_12"] = [f"{1 + i / 11:.3f}" for i in range(24)]
    wide.table.loc[[2, 3], "il6_0"] = ["<0.5", "0.4"]
    wide.table.loc[4, "il6_12"] = "0.09"
    assert not any("while lower_limit" in message for message in _messages(wide, "il6_0"))
    assert any("below the limit in lod_0, 0.5 (0.4), in 1 row (5)" in message for message in _messages(wide, "il6_0"))
    assert any("below lower_limit, 0.1 (0.09), in 1 row (6)" in message for message in _messages(wide, "il6_12"))


def _messages(wide, column: str) -> list[str]:
    return [notice.message for notice in wide.read().notices if notice.column == column]
