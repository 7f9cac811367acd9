"""Settings, read from the environment and nothing else (names in the README)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent
WEAK_SECRETS = frozenset({"", "secret", "changeme", "change-me", "dev", "development", "test", "salesoffice"})
MIN_SECRET_LENGTH = 32
MIN_SECRET_CHARACTERS = 8


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return Flask's configuration for an environment. `DATA_DIR` is not created here."""
    data_dir = Path(environ.get("DATA_DIR", str(ROOT / "var"))).resolve()
    database_url = _database_url(environ.get("DATABASE_URL", ""), data_dir)
    base_url = environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    hosts = [host.strip() for host in environ.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
    return {
        "SECRET_KEY": environ.get("SECRET_KEY", ""),
        "SQLALCHEMY_DATABASE_URI": database_url,
        "DATA_DIR": data_dir,
        "MIGRATIONS_DIR": str(ROOT / "migrations"),
        "TRANSLATIONS_DIR": ROOT / "translations",
        "BASE_URL": base_url,
        "TIMEZONE": environ.get("TIMEZONE", "Asia/Shanghai"),
        "TRUSTED_HOSTS": hosts or None,
        "TRUSTED_PROXIES": int(environ.get("TRUSTED_PROXIES", "0") or 0),
        "PASSWORD_POLICY": environ.get("PASSWORD_POLICY", "asvs"),
        "LOG_LEVEL": environ.get("LOG_LEVEL", "INFO"),
        "MAIL_DEFAULT_SENDER": environ.get("MAIL_FROM", "salesoffice@localhost"),
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_NAME": "salesoffice",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "API_TITLE": "salesoffice",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        **_mail_settings(environ.get("SMTP_URL", "smtp://127.0.0.1:25")),
    }


def is_weak_secret(secret: str) -> bool:
    """Tell whether a SECRET_KEY must not be used in production."""
    return (
        len(secret) < MIN_SECRET_LENGTH
        or secret.lower() in WEAK_SECRETS
        or len(set(secret)) < MIN_SECRET_CHARACTERS
    )


def _database_url(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'salesoffice.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _mail_settings(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return {
        "MAIL_SERVER": parts.hostname or "127.0.0.1",
        "MAIL_PORT": parts.port or (465 if is_tls else 25),
        "MAIL_USE_SSL": is_tls,
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
    }
