"""Settings come from the environment, once, or say what is wrong."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from stations.errors import SettingsError
from stations.settings import Settings


def test_nothing_set():
    settings = Settings.from_environment({})
    assert settings.atlas == Path("instance/atlas")
    assert settings.database == "sqlite:///instance/registry.db"
    assert settings.timezone.key == "Asia/Shanghai"
    assert settings.demo is False


def test_everything_set():
    settings = Settings.from_environment(
        {
            "YIZHAN_ATLAS": "/srv/atlas",
            "YIZHAN_DATABASE": "sqlite:////srv/registry.db",
            "YIZHAN_TIMEZONE": "Europe/Vaduz",
            "YIZHAN_DEMO": "1",
            "PATH": "/bin",
        }
    )
    assert settings.atlas == Path("/srv/atlas")
    assert settings.timezone.key == "Europe/Vaduz"
    assert settings.demo is True


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("YIZHAN_TIMEZONE", "Peking"),
        ("YIZHAN_TIMEZONE", "../etc/passwd"),
        ("YIZHAN_TIMEZONE", ""),
        ("YIZHAN_DEMO", "perhaps"),
        ("YIZHAN_DATABASE", ""),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable, text):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({variable: text})
    assert variable in str(caught.value)
    assert f"“{text}”" in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["x.org", "ftp://x.org", "https://", "https://x.org/finder", "https://a@x.org", "https://x.org?a", "https://a b"],
)
def test_an_address_that_leads_nowhere_is_refused(address):
    with pytest.raises(SettingsError, match="scheme and host alone"):
        Settings.from_environment({"YIZHAN_ADDRESS": address})


def test_an_address_is_read_as_browsers_show_it():
    read = Settings.from_environment({"YIZHAN_ADDRESS": "https://Yizhan.example.org:8443/"})
    assert read.address == "https://yizhan.example.org:8443"


def test_a_short_secret_is_refused_and_not_shown():
    with pytest.raises(SettingsError, match="32 characters") as caught:
        Settings.from_environment({"YIZHAN_SECRET": "hunter2"})
    assert "hunter2" not in str(caught.value)
    good = "d70b1e46c8a25f93" * 2 + "and so on"
    assert good not in repr(Settings(secret=good))


@pytest.mark.parametrize("name", ["SECRET", "PLANNING_KEY", "OIDC_CLIENT_SECRET"])
@pytest.mark.parametrize("weak", ["a" * 40, "hunter2" * 5, "abcdefghijklmnopqrstuvwxyz0123456789", "1212" * 9 + "3"])
def test_a_secret_that_is_easily_guessed_is_refused_and_not_shown(name, weak):
    with pytest.raises(SettingsError, match=f"YIZHAN_{name}.*easily guessed") as caught:
        Settings.from_environment({f"YIZHAN_{name}": weak})
    assert weak not in str(caught.value)


def test_a_misspelt_setting_is_noticed():
    with pytest.raises(SettingsError, match="YIZHAN_DATABASE"):
        Settings.from_environment({"YIZHAN_DATABSE": "sqlite:///x.db"})


def test_other_variables_with_the_prefix_are_left_alone():
    assert Settings.from_environment({"YIZHAN_DATA": "/data"}) == Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_used(name):
    project = Path(__file__).parents[2]
    code = [project / "app.py", *(project / "stations").rglob("*.py")]
    assert any(re.search(rf"\bsettings\.{name}\b", path.read_text(encoding="utf-8")) for path in code)


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().demo = True
