"""Which language a page speaks: Chinese first, English for those who ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlencode

from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from stations.web.coarse import coarse
from stations.web.cookies import SAMESITE, cookie_name
from stations.web.messages import read_catalogue
from stations.wording.spoken import language

LOCALES = {"zh": "zh_Hans", "en": "en"}
"""What ``lang`` may say, and the locale it stands for. The messages in the code are English."""

COOKIE = "yizhan_lang"
A_YEAR_S = 365 * 24 * 3600


class Catalogue(Domain):
    """Translations read from the ``.po`` file itself, so that there is nothing to compile and nothing to go stale."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.read = lru_cache(maxsize=len(LOCALES))(lambda locale: read_catalogue(folder, locale))

    def get_translations(self) -> NullTranslations:
        """The messages of this request's locale."""
        return self.read(LOCALES[language()])


class Languages(Babel):
    """Flask-Babel with that catalogue."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @cached_property
    def domain_instance(self) -> Catalogue:
        """The messages of the whole application."""
        return Catalogue(self._folder)


def speak(app: Flask, folder: Path) -> None:
    """Give an app its languages, and remember the one that a person chose."""
    languages = Languages(folder)
    languages.init_app(app, default_locale=LOCALES["zh"], locale_selector=choose)
    say = in_templates(languages.domain_instance)
    app.jinja_env.globals.update(gettext=say, _=say)
    app.after_request(_remember)


def in_templates(catalogue: Catalogue) -> Callable[..., str]:
    """Make what says a message in templates: as Jinja's own, in a third of its time, and a page has a hundred."""

    @lru_cache(maxsize=4096)
    def translated(message: str, spoken: str) -> Markup:
        return Markup(catalogue.read(LOCALES[spoken]).gettext(message))  # noqa: S704  our own words

    @pass_eval_context
    def say(context: EvalContext, message: str, /, **values: object) -> str:
        said = translated(message, language())
        if not context.autoescape:
            return str(said) % values
        return said % values if "%" in said else said

    return say


def choose() -> str:
    """Pick the locale: what the address says, else what was chosen before, else what the browser prefers.

    Where there is no request, as at the command line, Chinese.
    """
    if not has_request_context():
        return LOCALES["zh"]
    for said in (request.args.get("lang"), request.cookies.get(cookie_name(COOKIE))):
        if said in LOCALES:
            return LOCALES[said]
    accepted = [language for language, _ in request.accept_languages if language]
    chinese = any(language.lower().startswith("zh") for language in accepted)
    english = any(language.lower().startswith("en") for language in accepted)
    return LOCALES["en"] if english and not chinese else LOCALES["zh"]


def other_address() -> str:
    """Address of the page in the other language, with the same question.

    A position in it is cut to some ten metres.
    """
    asked = [(key, coarse(value)) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode([*asked, ('lang', 'zh' if language() == 'en' else 'en')])}"


def _remember(response: Response) -> Response:
    if not response.headers["Content-Type"].startswith("text/html"):
        return response
    response.vary.update(("Accept-Language", "Cookie"))
    said = request.args.get("lang")
    if said in LOCALES:
        response.set_cookie(
            cookie_name(COOKIE), said, max_age=A_YEAR_S, samesite=SAMESITE, secure=request.is_secure, httponly=True
        )
    return response
