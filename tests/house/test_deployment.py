"""docker-compose.yml, Dockerfile and .env.example are true: what they name is looked up or started, engine or not."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery
from click.testing import CliRunner
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands, load_command_class
from django.urls import reverse
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
EXAMPLE = (ROOT / ".env.example").read_text()
CADDYFILE = (ROOT / "docker" / "Caddyfile").read_text()
OURS = {"portal", "worker", "beat", "migrate"}
PRODUCTION = {
    "PATH": os.environ["PATH"],
    "PORTAL_MODE": "production",
    "PORTAL_URL": "https://portal.example.org",
    "ALLOWED_HOSTS": "portal.example.org",
    "SECRET_KEY": "k7!" * 30,
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "TRAIL_KEY": "t9?" * 30,
    "DATABASE_URL": "postgres://portal:x@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
}


def settings_calls() -> list[tuple[str, str]]:
    """Each variable that lscb/settings.py reads, with the name of the function that reads it."""
    found = []
    for node in ast.walk(ast.parse((ROOT / "lscb" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = ast.unparse(node.func)
            if function == "required" or re.fullmatch(r"env(\.(str|int|bool|list|float))?", function):
                found.append((node.args[0].value, function))
    return found


READ = {name for name, _ in settings_calls()}
REQUIRED = {name for name, function in settings_calls() if function == "required"}
IN_COMPOSE = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT))
IN_EXAMPLE = re.findall(r"^(?:# )?([A-Z][A-Z_]*)=", EXAMPLE, re.MULTILINE)


def stage(name: str) -> list[tuple[str, str]]:
    """The instructions of one stage of the Dockerfile."""
    found = re.search(rf"^FROM \S+ AS {name}\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert found, f"the Dockerfile has no stage {name}"
    lines = [line for line in found[1].splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]  # type: ignore[misc]


def image_environment() -> dict[str, str]:
    env = " ".join(rest for word, rest in stage("portal") if word == "ENV")
    return dict(part.split("=", 1) for part in shlex.split(env))


# -- Variables --------------------------------------------------------------------------------------------------------


def test_the_example_names_every_variable_that_is_read_and_no_other() -> None:
    assert len(IN_EXAMPLE) == len(set(IN_EXAMPLE))
    assert set(IN_EXAMPLE) == READ | IN_COMPOSE


def test_the_example_explains_every_variable_and_holds_no_secret() -> None:
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if found := re.match(r"(# )?([A-Z][A-Z_]*)=(.*)", line):
            assert re.match(r"# .*[a-z]", lines[number - 1]), f"{found[2]} is not explained"
            assert not (re.search("SECRET|KEY|PASSWORD", found[2]) and found[3]), f"{found[2]} has a value"


def test_compose_hands_the_portal_every_variable() -> None:
    given = set(SERVICES["portal"]["environment"]) | set(image_environment())
    assert READ - given == {"TEST_DB_SUFFIX"}
    assert set(SERVICES["portal"]["environment"]) <= READ


def test_compose_has_no_default_for_a_secret_or_for_what_production_requires() -> None:
    for name, rest in re.findall(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}", COMPOSE_TEXT):
        if name in REQUIRED or re.search("SECRET|KEY|PASSWORD", name):
            assert rest.startswith(f":?Set {name} in .env to "), f"{name} has a default or no sentence"


def test_the_variables_without_default_are_empty_in_the_example() -> None:
    must = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):\?", COMPOSE_TEXT))
    assert must == set(re.findall(r"^([A-Z_]+)=$", EXAMPLE, re.MULTILINE))


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_production_does_not_start_without(missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in READ:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PRODUCTION, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    runpy.run_path(str(ROOT / "lscb" / "settings.py"))
    monkeypatch.delenv(missing)
    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is not set. Production does not start without it"):
        runpy.run_path(str(ROOT / "lscb" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "for the demonstration and the tests only, production has no default", "everybody can read"),
        ("TRAIL_KEY", "for the demonstration and the tests only", "everybody can read"),
        ("FIELD_ENCRYPTION_KEYS", "ZGVtb25zdHJhdGlvbi1hbmQtdGVzdHMtb25seS1rZXk=", "everybody can read"),
        ("FIELD_ENCRYPTION_KEYS", "not a key", "not a key"),
        ("ALLOWED_HOSTS", "portal.example.org,*", "any host"),
    ],
)
def test_production_refuses_what_protects_nobody(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in READ:
        monkeypatch.delenv(variable, raising=False)
    for variable, given in {**PRODUCTION, "DATA_DIR": str(tmp_path), name: value}.items():
        monkeypatch.setenv(variable, given)
    with pytest.raises(ImproperlyConfigured, match=words):
        runpy.run_path(str(ROOT / "lscb" / "settings.py"))


def test_what_is_missing_is_said_in_a_sentence_and_not_in_a_traceback() -> None:
    env = {"PATH": os.environ["PATH"], "PORTAL_MODE": "production"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"[A-Z_]+ is not set\. .*", done.stderr.strip())


# -- Services ---------------------------------------------------------------------------------------------------------


def test_the_services_are_those_the_portal_needs() -> None:
    assert set(SERVICES) == OURS | {"proxy", "postgres", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root_or_may_gain_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service.get("privileged") is None


@pytest.mark.parametrize("name", SERVICES)
def test_everything_a_service_refers_to_is_declared(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", [])) <= set(SERVICES)
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    if "build" in service:
        assert stage(service["build"]["target"])
    else:
        assert re.search(r":\d+[.\d]*(-\w+)?$", service["image"]), "an image without a version"


def test_every_lasting_service_says_whether_it_is_well() -> None:
    from_image = {"portal"}
    assert any(word == "HEALTHCHECK" for word, _ in stage("portal"))
    for name in set(SERVICES) - from_image - {"migrate"}:
        assert SERVICES[name]["healthcheck"]["test"], name


def test_only_the_proxy_is_open_to_the_world_and_the_records_have_no_way_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_redis_keeps_its_queue_and_refuses_to_forget() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert "queue:/data" in SERVICES["redis"]["volumes"]


def test_the_proxy_leads_to_the_portal() -> None:
    port = re.search(r"--bind=0\.0\.0\.0:(\d+)", json.dumps(gunicorn_command()))
    assert port
    assert f"reverse_proxy portal:{port[1]}" in CADDYFILE
    listens = set(re.findall(r"https?_port (\d+)", CADDYFILE))
    assert {entry.split(":")[1].split("/")[0] for entry in SERVICES["proxy"]["ports"]} == listens
    assert set(re.findall(r"\{\$([A-Z_]+)\}", CADDYFILE)) == set(SERVICES["proxy"]["environment"])
    asks = (ROOT / "docker" / "healthy.py").read_text()
    assert f'"127.0.0.1:{port[1]}"' in asks
    assert f'"{reverse("health")}"' in asks


# -- Commands ---------------------------------------------------------------------------------------------------------


def gunicorn_command() -> list[str]:
    command: list[str] = json.loads(next(rest for word, rest in stage("portal") if word == "CMD"))
    return command


def test_gunicorn_takes_its_options_and_finds_the_portal(tmp_path: Path) -> None:
    program, *options = gunicorn_command()
    assert program == "gunicorn"
    assert Config().parser().parse_args(options).args == ["lscb.wsgi"]
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", *options],
        cwd=ROOT,
        env={**PRODUCTION, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_takes_the_options_of(name: str) -> None:
    program, *options = SERVICES[name]["command"]
    assert program == "celery"
    assert options[:3] == ["-A", "lscb", name]
    result = CliRunner().invoke(celery, [*options, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: celery" in result.output


def test_the_worker_is_asked_by_its_name() -> None:
    assert "--hostname=worker@%h" in SERVICES["worker"]["command"]
    program, *options = shlex.split(SERVICES["worker"]["healthcheck"]["test"][1].replace("$$(hostname)", "here"))
    assert program == "celery"
    assert options[-1] == "worker@here"
    assert CliRunner().invoke(celery, [*options, "--help"]).exit_code == 0


def test_migrate_is_a_command_that_takes_its_options() -> None:
    python, manage, command, *options = SERVICES["migrate"]["command"]
    assert [python, manage] == ["python", "manage.py"]
    load_command_class(get_commands()[command], command).create_parser("manage.py", command).parse_args(options)


# -- Image ------------------------------------------------------------------------------------------------------------


def test_every_image_is_based_on_a_version() -> None:
    bases = re.findall(r"^FROM (\S+) AS", DOCKERFILE, re.MULTILINE)
    assert bases
    assert all(re.search(r":\d+\.\d+", base) for base in bases)


@pytest.mark.parametrize("name", ["portal", "proxy"])
def test_the_image_does_not_run_as_root(name: str) -> None:
    users = [rest for word, rest in stage(name) if word == "USER"]
    assert users[-1] == SERVICES[name]["user"]


def copied() -> list[str]:
    copies = [shlex.split(rest) for word, rest in (line for name in STAGES for line in stage(name)) if word == "COPY"]
    return [source for words in copies if not words[0].startswith("--") for source in words[:-1]]


STAGES = re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.MULTILINE)


def test_everything_the_image_copies_is_in_the_repository_and_let_in() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in copied():
        assert any(path == source or path.startswith(f"{source}/") for path in tracked), source
        assert any(source == path or source.startswith(f"{path}/") for path in let_in), f"{source} is kept out"


def test_the_image_holds_every_app_and_what_they_need() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages | {"manage.py", "templates"} <= set(copied())


def test_image_and_make_install_the_same_system_packages() -> None:
    image = next(rest for word, rest in stage("portal") if word == "RUN" and "apt-get" in rest)
    assert set(re.findall(r"\blib[\w.-]+", image)) == set(
        re.findall(r"\blib[\w.-]+-0|libharfbuzz-subset0", (ROOT / ".ci" / "packages").read_text())
    )


def test_static_files_are_collected_as_the_image_does_it_and_hold_what_templates_name(tmp_path: Path) -> None:
    step = next(rest for word, rest in stage("portal") if word == "RUN" and "collectstatic" in rest)
    step = step.replace("/tmp/collecting", str(tmp_path / "collecting")).replace("python ", f"{sys.executable} ")
    collected = tmp_path / "collected"
    env = {"PATH": os.environ["PATH"], "STATIC_DIR": str(collected)}
    done = subprocess.run(["sh", "-c", step], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    named = {
        name
        for template in (ROOT / "templates").rglob("*")
        if template.is_file()
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", template.read_text())
    }
    assert named
    assert named <= set(manifest)
    assert all(path.stat().st_mode & 0o004 for path in collected.rglob("*") if path.is_file()), (
        "not for the portal to read"
    )
