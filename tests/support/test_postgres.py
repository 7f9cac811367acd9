"""The private PostgreSQL cluster of the test run itself."""

import os
from pathlib import Path

import psycopg

from tests.support.postgres import Cluster, shared_cluster, start_cluster


def test_cluster_is_shared_by_everybody_who_knows_the_folder(postgres_cluster: Cluster) -> None:
    again = shared_cluster(Path(os.environ["SALESOFFICE_TEST_CLUSTER"]))

    assert again == postgres_cluster


def test_database_made_from_a_template_has_its_rows(postgres_cluster: Cluster) -> None:
    url = postgres_cluster.create_database("support_source")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE words (word text)")
        connection.execute("INSERT INTO words VALUES ('房源')")

    copy = postgres_cluster.create_database("support_copy", template="support_source")

    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("房源",)]
    postgres_cluster.drop_database("support_copy")
    postgres_cluster.drop_database("support_source")


def test_durable_cluster_writes_to_disk_and_leaves_nothing_behind() -> None:
    cluster = start_cluster(durable=True)

    with psycopg.connect(cluster.url_for("postgres")) as connection:
        row = connection.execute(
            "SELECT current_setting('fsync'), current_setting('max_connections')"
        ).fetchone()
    cluster.stop()

    assert row == ("on", "200")
    assert not cluster.folder.exists()
