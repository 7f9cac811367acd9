"""Import of units, against parsing the same file and COPYing its rows into the same PostgreSQL in the same run.

Two files: the largest real sample (a register of labels and values in GBK, 1,394 records; left out where the sample data
is absent) and a made filing of 10,000 units. The limit is what nobody can do without: read the file, put one row per unit into one table. Ours adds buildings,
sections, floors, codes, the comparison with what is there, prices as a version, the stored preview and the audit.

    python -m bench.import_units [--rounds N] [--json]
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask

from salesoffice.app import create_app
from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.rules import ParsedFile, guess_profile, parse_rows, read_table
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import db, transaction
from salesoffice.projects.services import create_project
from tests.support.postgres import Cluster, start_cluster
from tests.support.server import SECRET_KEY

UNITS = 10_000
SAMPLE = Path("presale_gbk") / "盐田-二期御景佳园.csv"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"
TABLE = """
CREATE TABLE bench_rows (id serial PRIMARY KEY, building text, section text, floor integer, room text, gross numeric,
inner_area numeric, shared numeric, gross_price bigint, inner_price bigint, total bigint, status text, usage text)
"""
COPY = """
COPY bench_rows (building, section, floor, room, gross, inner_area, shared, gross_price, inner_price, total, status, usage)
FROM STDIN
"""


@dataclass(frozen=True)
class Result:
    """Best seconds of the import, of the same import again (nothing changes), and of the limit; and their ratios."""

    file: str
    units: int
    import_seconds: float
    unchanged_import_seconds: float
    parse_and_copy_seconds: float
    ratio: float
    unchanged_ratio: float


def run(*, rounds: int = 3) -> list[Result]:
    """Measure each file in turn on one PostgreSQL server."""
    files = [("made filing", make_file())]
    sample = Path(os.environ.get("SALESOFFICE_SHARED_DATA") or SHARED_DATA) / SAMPLE
    if sample.is_file():
        files.insert(0, (sample.stem, sample.read_bytes()))
    cluster = start_cluster(durable=True)
    try:
        return [
            _measure(cluster, f"imports{number}", name, data, rounds)
            for number, (name, data) in enumerate(files)
        ]
    finally:
        cluster.stop()


def _measure(cluster: Cluster, database: str, name: str, data: bytes, rounds: int) -> Result:
    first: list[float] = []
    second: list[float] = []
    limit: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        url = cluster.create_database(database)
        app = _make_app(url, Path(folder))
        with psycopg.connect(url) as connection:
            connection.execute(TABLE)
        for number in range(rounds):
            limit.append(_measure_limit(url, data))
            first.append(_measure_import(app, data, f"B{number}", is_new=True))
            second.append(_measure_import(app, data, f"B{number}", is_new=False))
        with app.app_context():
            db.engine.dispose()
    best, again, least = min(first), min(second), min(limit)
    return Result(
        file=name,
        units=len(_parse(data).rows),
        import_seconds=round(best, 3),
        unchanged_import_seconds=round(again, 3),
        parse_and_copy_seconds=round(least, 3),
        ratio=round(best / least, 2),
        unchanged_ratio=round(again / least, 2),
    )


def make_file() -> bytes:
    """Build a filing of 10,000 units in 10 buildings of 5 sections and 20 floors."""
    rows = (
        f"{house}栋{section}座{floor}{room:02d},{80 + room}.80,{13000 + floor * 10}.00,{60 + room}.40,,"
        f"{(800 + room * 10 + 8) * (13000 + floor * 10) // 10}.00,在售,住宅"
        for house in range(1, 11)
        for section in "ABCDE"
        for floor in range(1, 21)
        for room in range(1, 11)
    )
    return "\n".join([HEADER, *rows, ""]).encode()


def _make_app(url: str, folder: Path) -> Flask:
    address = url.replace("postgresql://", "postgresql+psycopg://")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=folder, SECRET_KEY=SECRET_KEY, LOG_LEVEL="ERROR"
    )
    with app.app_context():
        flask_migrate.upgrade()
    return app


def _parse(data: bytes) -> ParsedFile:
    table = read_table(data, "units.csv")
    return parse_rows(table, guess_profile(table.header))


def _measure_limit(url: str, data: bytes) -> float:
    started = time.perf_counter()
    parsed = _parse(data)
    with psycopg.connect(url) as connection, connection.cursor().copy(COPY) as copy:
        for row in parsed.rows:
            copy.write_row(
                (
                    row.building, row.section, row.floor_number, row.room_no, row.gross_area, row.inner_area,
                    row.shared_area, row.gross_unit_price, row.inner_unit_price, row.total_amount, row.status_word,
                    row.usage,
                )
            )  # fmt: skip
    return time.perf_counter() - started


def _measure_import(app: Flask, data: bytes, code: str, *, is_new: bool) -> float:
    with app.test_request_context():
        with transaction() as session:
            project_id = create_project(session, actor=SYSTEM, code=f"{code}{is_new:d}", name=code).id
        if not is_new:
            _import(project_id, data)
        started = time.perf_counter()
        _import(project_id, data)
        taken = time.perf_counter() - started
        db.session.remove()
    return taken


def _import(project_id: int, data: bytes) -> None:
    upload = read_upload(db.session(), project_id, data=data, file_name="units.csv")
    with transaction() as session:
        import_file(session, project_id, actor=SYSTEM, upload=upload)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = run(rounds=arguments.rounds)
    if arguments.json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False))
        return
    for result in results:
        print(f"{result.file}, {result.units} units")
        print(f"  import                           {result.import_seconds} s")
        print(f"  the same file again, unchanged   {result.unchanged_import_seconds} s")
        print(f"  parse and COPY (limit)           {result.parse_and_copy_seconds} s")
        print(f"  ratio                            {result.ratio} (again: {result.unchanged_ratio})")


if __name__ == "__main__":
    main()
