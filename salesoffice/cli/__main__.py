"""`python -m salesoffice.cli`."""

from salesoffice.cli import main

if __name__ == "__main__":
    main(prog_name="salesoffice")
