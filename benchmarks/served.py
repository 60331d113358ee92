"""The app with one view more, which returns a constant: what the server and the framework cost by themselves."""

from __future__ import annotations

from flask import Flask, Response

from app import create_app as create_whole_app


def create_app() -> Flask:
    """Make the app, with the constant view."""
    app = create_whole_app()

    @app.get("/bench/constant")
    def constant() -> Response:
        return Response(b'{"constant":true}', mimetype="application/json")

    return app
