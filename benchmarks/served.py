"""The app with one view more, which returns a constant: what the server and the framework cost by themselves."""

from __future__ import annotations

from unittest.mock import patch

from flask import Flask, Response

from app import create_app as create_whole_app
from stations.web.doors import hang
from stations.web.house import House


def create_app() -> Flask:
    """Make the app, with the constant view beside the others."""
    with patch("stations.web.doors.hang", hang_one_more):
        return create_whole_app()


def hang_one_more(app: Flask, house: House) -> None:
    """Hang the doors, and the constant view: later, an app takes no more."""
    hang(app, house)

    @app.get("/bench/constant")
    def constant() -> Response:
        return Response(b'{"constant":true}', mimetype="application/json")
