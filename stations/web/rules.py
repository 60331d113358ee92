"""Rules of addresses that learn to build an address when the first one is asked of them."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class LaterBuilt(Rule):
    """A rule that is quick to add: what builds addresses of it is compiled when it is first called.

    werkzeug writes two small programs for every rule when it is added, a twentieth of a second for all of ours, and
    most of them are never run.
    """

    # As werkzeug asks for it.
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        write = super()._compile_builder

        def build(rule: LaterBuilt, /, **values: object) -> tuple[str, str]:
            written = write(append_unknown).__get__(rule, None)
            if append_unknown:
                rule._build_unknown = written
            else:
                rule._build = written
            return written(**values)

        return build
