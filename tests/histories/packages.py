"""The published packages whose histories are run, each representing a style.

Versions and hashes are pinned, so what is compared stays the same.
"""

from __future__ import annotations

from tests.histories.published import Published

FLASK = (
    *("flask==3.1.2", "werkzeug==3.1.5", "jinja2==3.1.6", "click==8.3.1", "itsdangerous==2.2.0"),
    *("blinker==1.9.0", "flask-sqlalchemy==3.1.1", "sqlalchemy-utils==0.43.0"),
)

OSLO = (
    *("oslo-config==10.7.0", "oslo-db==18.1.1", "oslo-i18n==6.9.0", "oslo-utils==10.2.0"),
    *("oslo-log==8.3.2", "oslo-serialization==5.11.0", "oslo-context==6.5.0", "msgpack==1.2.4"),
    *("debtcollector==3.1.0", "iso8601==2.1.0", "netaddr==1.3.0", "packaging==26.3", "pbr==7.1.3"),
    *("psutil==7.2.2", "pyparsing==3.3.3", "pyyaml==6.0.3", "requests==2.34.2", "rfc3986==2.0.0"),
    *("certifi==2026.10.18", "charset-normalizer==3.5.2", "idna==3.20", "urllib3==2.8.0"),
    *("python-dateutil==2.9.0.post0", "six==1.17.0", "stevedore==5.10.0", "wrapt==2.5.2"),
    *("setuptools==80.9.0", "testresources==2.1.2", "testscenarios==0.7.0", "tzdata==2026.6"),
)

PACKAGES = (
    Published(
        name="a2a-sdk",
        version="1.3.0",
        sha256="b94a73b5dc7ff1afe5f11d324480f83386a64d02b8a6b719baf013595284cc6c",
        why="asynchronous, env.py and version table of its own",
        locations=("a2a/migrations/versions",),
        env="a2a/migrations",
        needs=(
            *("protobuf==6.33.6", "googleapis-common-protos==1.72.0"),
            "typing-extensions==4.15.0",
        ),
        options={"version_table": "a2a_alembic_version"},
        databases=("sqlite", "postgresql"),
        drivers={"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"},
    ),
    Published(
        name="aiida-core",
        version="2.9.4",
        sha256="b6c92ff3c183d50b361c47963770aa99dcaceb906c7dbd972a4adf23ebc10beb",
        why="a labelled branch, ids that are words",
        locations=("aiida/storage/sqlite_zip/migrations/versions",),
        needs=OSLO,
        middle="main_0000",
        down="main_0001",
        databases=("sqlite", "postgresql"),
    ),
    Published(
        name="blazar",
        version="18.0.0",
        sha256="cf98341ddc09a6fbab46943e726f3291ab55bf33127b2d6ebaec73f94456e4d5",
        why="one long line of plain operations",
        locations=("blazar/db/migration/alembic_migrations/versions",),
        databases=("mariadb",),
    ),
    Published(
        name="cloudkitty",
        version="25.0.0",
        sha256="7ed3e5ce3e990fad885c7402eb6ac10c81e0c162354b5ace7fa0c2ce9e217b0f",
        why="three version locations with bases of their own, batches, no way back",
        locations=(
            "cloudkitty/db/sqlalchemy/alembic/versions",
            "cloudkitty/storage/v1/hybrid/alembic/versions",
            "cloudkitty/storage/v1/sqlalchemy/alembic/versions",
        ),
        needs=OSLO,
        middle="17fd1b237aa3",
        down=None,
    ),
    Published(
        name="freezer-api",
        version="19.0.0",
        sha256="e9d95fa0909329f513e7bd9cbaa4f3ff54d54f02d1b87ad2565448c23af7a6c3",
        why="data moved from table to table",
        locations=("freezer_api/db/sqlalchemy/migrations/versions",),
        needs=OSLO,
        down=None,
        databases=("sqlite", "mariadb"),
    ),
    Published(
        name="invenio-records",
        version="6.1.0",
        sha256="de1d75d6ef9fe4d12983c0003a367aaa3b83cfafce868cbb8437fabf3ccbd541",
        why="Flask; a labelled branch and a location for each package, depending on each other",
        locations=(),
        env="flask",
        needs=(
            *FLASK,
            *("invenio-db==2.6.1", "invenio-base==2.3.0", "flask-alembic==3.1.1"),
            *("sqlalchemy-continuum==1.5.2", "importlib-metadata==8.7.0", "zipp==3.23.0"),
            "markupsafe==3.0.3",
        ),
        command=("flask.cli:main", "alembic"),
        databases=("postgresql", "mariadb"),
        sample="postgresql",
    ),
    Published(
        name="manila",
        version="23.0.1",
        sha256="3237549ee1dc3fc0846190db6e657a9cc4e56f220c95baa9f48cbd1c550536c6",
        why="one long line with data migrations and constraints by name",
        locations=("manila/db/migrations/alembic/versions",),
        needs=OSLO,
        middle=None,
        down="162a3e673105",
        databases=("postgresql",),
    ),
    Published(
        name="masakari",
        version="22.0.0",
        sha256="cdf59ed7243a94df21b89178b66e60fda56dc7c0ac86874612ab0908b4035f3e",
        why="a version table of its own, constraints changed in batches",
        locations=("masakari/db/sqlalchemy/migrations/versions",),
        options={"version_table": "masakari_alembic_version", "render_as_batch": True},
        needs=OSLO,
        down=None,
    ),
    Published(
        name="optuna",
        version="5.0.0",
        sha256="5fff892ae6baf4948c810c5b8635ec67e08efb0709b41cb73b14e30391d44720",
        why="batch-heavy, data changed through the ORM",
        locations=("optuna/storages/_rdb/alembic/versions",),
        needs=(
            "colorlog==6.10.1",
            "numpy==2.3.5",
            "packaging==26.3",
            "pyyaml==6.0.3",
            "tqdm==4.67.1",
        ),
        middle=None,
        down="v3.0.0.c",
        databases=("sqlite", "postgresql"),
        sample="",
    ),
    Published(
        name="sahara",
        version="19.0.0",
        sha256="bdc7a0206312d08cf278d9d91020da3362ae36a4f9541e1bb22ef7d74fb3fb12",
        why="foreign keys and uniques dropped by names that were reflected",
        locations=("sahara/db/migration/alembic_migrations/versions",),
        needs=OSLO,
        down=None,
        databases=("postgresql", "mariadb"),
    ),
    Published(
        name="tacker",
        version="16.0.0",
        sha256="6550cd094e9b8e0a722e9c88c1ba6c6160c2bd09b2b76ce8acfaaa5d942f89dd",
        why="a long line that asks the inspector on its way",
        locations=("tacker/db/migration/alembic_migrations/versions",),
        needs=OSLO,
        down=None,
        databases=("postgresql", "mariadb"),
    ),
)
