"""WSGI entry point."""

import gc

from salesoffice.app import create_app

app = create_app()
gc.freeze()  # what is there from the start stays: no request waits while all of it is looked through again
