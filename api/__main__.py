"""`python -m cochange`, the command."""

from cochange.cli import main

main()
