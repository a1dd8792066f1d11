"""A prior from published estimates: pool them; `cochange pool` prints the lines for a study file.

Usage: python literature_prior.py [TABLE] [QUANTITY]
"""

import sys

import cochange


def main(table: str | None = None, quantity: str | None = None) -> None:
    """Pool one quantity; a table that has one alone needs no name of it."""
    pooled = cochange.pool(table, quantity)
    for name, found in pooled.summaries.items():
        print(f"{name}: {found.median:.2f} ({found.lower:.2f} to {found.upper:.2f})")
    print(f"worth {pooled.new_study.ess:.1f} participants")
    print(f"prior for the next study: {pooled.new_study.family}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or [None, "madrs_change_treated"]))
