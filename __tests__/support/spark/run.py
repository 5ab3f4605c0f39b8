"""Runs jobs one after another in one Spark, and tells tables: a JVM per job would take longer than the jobs.

Reads a JSON list of steps from one file, writes a JSON list of answers to another:
{"job": "stream", "arguments": [...]} -> null, or {"failed": ...}; {"tables": "<lake>"} -> {"objects": [...], ...};
{"write": "<lake>", "file": ..., "text": ...} -> null, or {"failed": ...};
{"forget": "<checkpoint>"} -> null: as if it had been killed just before it wrote down that its last micro-batch is done
"""

import contextlib
import importlib
import io
import json
import pathlib
import sys


def job(name, arguments):
    sys.argv = [name, *arguments]
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            importlib.import_module(name).main()
        return None
    except SystemExit:
        return {'failed': complaint.getvalue()}
    except Exception as error:
        return {'failed': str(error)}


def tables(lake):
    from egf2_job import session
    from egf2_lake import TABLES, Lake

    def rows(table):
        frame = Lake(session('tables'), lake).table(table)
        told = {'timestamp': 'unix_micros({0}) {0}', 'binary': "decode({0}, 'ISO-8859-1') {0}"}
        columns = [told.get(kind, '{0}').format(name) for name, kind in frame.dtypes]
        rows = frame.selectExpr(*columns).selectExpr("to_json(struct(*), map('ignoreNullFields', 'false')) row")
        return sorted(row.row for row in rows.collect())

    return {table: rows(table) for table in TABLES}


def step(it):
    if 'job' in it:
        return job(it['job'], it['arguments'])
    if 'tables' in it:
        return tables(it['tables'])
    if 'forget' in it:
        done = pathlib.Path(it['forget'], 'commits')
        last = max(int(file.name) for file in done.iterdir() if file.name.isdigit())
        (done / f'.{last}.crc').unlink()
        return (done / str(last)).unlink()
    from egf2_files import Files
    from egf2_job import session

    try:
        return Files(session('write'), it['write']).write_new(it['file'], it['text'])
    except Exception as error:
        return {'failed': str(error)}


def main():
    _, steps, answers = sys.argv
    told = [step(it) for it in json.loads(pathlib.Path(steps).read_text())]
    pathlib.Path(answers).write_text(json.dumps(told))


main()
