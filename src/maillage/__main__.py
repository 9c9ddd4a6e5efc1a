"""`python -m maillage` is the same as the `maillage` command."""

from maillage.config.cli import main

if __name__ == "__main__":
    main()
