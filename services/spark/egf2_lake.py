"""The lake: raw events and what follows from them, in versions. A version is there when its commit is there.

    commits/0000000007.json                        which version each bucket of each table is at
    events/version=7/day=2026-01-31/*.parquet      what version 7 added: the events, once each time the queue had them
    parked/version=7/*.parquet                     lines that are no events, with the reason
    objects/version=7/bucket=3/*.parquet           the whole bucket 3 as version 7 left it
    edges/version=7/bucket=3/*.parquet
"""

from __future__ import annotations

import json
import time
from typing import Any, Optional

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from egf2_events import parse
from egf2_files import Files

EVENT_SCHEMA = 'reason string, event string, created_at bigint, method string, object string, src string, name string, dst string, object_type string, fields string'
STATE = 'modified_at timestamp, event string, deleted_at timestamp, object_type string, fields string'
TABLES = {
    'events': 'event string, created_at timestamp, method string, value binary',
    'parked': 'reason string, value binary',
    'objects': f'id string, {STATE}',
    'edges': f'src string, name string, dst string, {STATE}',
}
KEYS = {'objects': ['id'], 'edges': ['src', 'name', 'dst']}
# the last event wins; what follows its time and id only decides between two contents under one id, which must not depend on who came first
ORDER = ['modified_at', 'event', 'deleted_at', 'object_type', 'fields']

Commit = dict[str, Any]


class Lake:
    """One job writes at a time; readers hold to the commit that they began with."""

    def __init__(self, spark: SparkSession, root: str, keep_hours: float = 24) -> None:
        self._spark = spark
        self._files = Files(spark, root)
        self._keep_hours = keep_hours

    def latest(self) -> Optional[Commit]:
        names = self._commits()
        return json.loads(self._files.read(f'commits/{names[-1]}')) if names else None

    def table(self, table: str) -> DataFrame:
        """As of the latest commit; empty before the first."""
        commit = self.latest()
        if commit is None:
            return self._spark.createDataFrame([], TABLES[table])
        return self._state(commit, table) if table in KEYS else self._raw(commit, table)

    def lines(self) -> DataFrame:
        """Every line that the queue ever had: what is parked may be an event by today's rules."""
        return self.table('events').select('value').unionByName(self.table('parked').select('value'))

    def append(self, lines: DataFrame, source: str, epoch: int, buckets: Optional[int]) -> None:
        """Adds a micro-batch. The same one again, by its source and epoch, changes nothing."""
        before = self.latest() or {'version': 0, 'since': 1, 'buckets': buckets or 16, 'epochs': {}, 'objects': {}, 'edges': {}}
        if before['epochs'].get(source, -1) >= epoch:
            return
        if buckets is not None and buckets != before['buckets']:
            raise ValueError(f'the lake has {before["buckets"]} buckets, not {buckets}: leave --buckets out, or let the batch job change it')
        self._commit(lines, before, {**before, 'epochs': {**before['epochs'], source: epoch}})

    def replace(self, lines: DataFrame, buckets: Optional[int]) -> None:
        """Makes all tables anew from these lines. Micro-batches that were added stay known, and are not added again."""
        before = self.latest() or {'version': 0, 'since': 1, 'buckets': 16, 'epochs': {}}
        emptied = {'since': before['version'] + 1, 'buckets': buckets or before['buckets'], 'objects': {}, 'edges': {}}
        self._commit(lines, before, {**before, **emptied})

    def _commit(self, lines: DataFrame, before: Commit, after: Commit) -> None:
        version = before['version'] + 1
        parsed = lines.select('value', F.udf(parse, EVENT_SCHEMA)('value').alias('parsed')).select('value', 'parsed.*').persist(StorageLevel.MEMORY_AND_DISK)
        try:
            accepted = parsed.where('reason is null').withColumn('created_at', F.timestamp_micros('created_at'))
            events = accepted.select('event', 'created_at', 'method', 'value', F.to_date('created_at').alias('day'))
            self._write(events, f'events/version={version}', 'day')
            self._write(parsed.where('reason is not null').select('reason', 'value'), f'parked/version={version}')
            said = accepted.withColumnRenamed('created_at', 'modified_at').withColumn('deleted_at', F.expr("if(method = 'DELETE', modified_at, null)"))
            objects = said.where('object is not null').withColumnRenamed('object', 'id')
            tables = {'objects': objects, 'edges': said.where('src is not null')}
            written = {table: self._upsert(table, tables[table], after, version) for table in KEYS}
        finally:
            parsed.unpersist()
        commit = {**after, 'version': version, **{table: {**after[table], **written[table]} for table in KEYS}}
        self._files.write_new(f'commits/{_name(version)}', json.dumps(commit, sort_keys=True))
        self._retire()

    def _upsert(self, table: str, said: DataFrame, after: Commit, version: int) -> dict[str, int]:
        """Rewrites the buckets that these rows belong to, and returns them. An event that is known already makes no difference."""
        bucket = F.pmod(F.hash(*KEYS[table]), F.lit(after['buckets'])).alias('bucket')
        columns = _columns(table)
        touched = {str(row.bucket) for row in said.select(bucket).distinct().collect()}
        if touched:
            known = self._state({table: {key: value for key, value in after[table].items() if key in touched}}, table)
            state = last(said.select(columns).unionByName(known), KEYS[table]).select(*columns, bucket)
            self._write(state.repartition(min(len(touched), 200), 'bucket'), f'{table}/version={version}', 'bucket')
        return dict.fromkeys(touched, version)

    def _state(self, commit: Commit, table: str) -> DataFrame:
        paths = [self._files.address(f'{table}/version={version}/bucket={bucket}') for bucket, version in sorted(commit[table].items())]
        return self._read(table, paths)

    def _raw(self, commit: Commit, table: str) -> DataFrame:
        versions = (int(name.split('=')[1]) for name in self._files.names(table))
        paths = [self._files.address(f'{table}/version={version}') for version in sorted(versions) if commit['since'] <= version <= commit['version']]
        return self._read(table, paths)

    def _read(self, table: str, paths: list[str]) -> DataFrame:
        # no schema is inferred: a version without rows has no file to infer it from
        if not paths:
            return self._spark.createDataFrame([], TABLES[table])
        return self._spark.read.schema(TABLES[table]).option('basePath', self._files.address(table)).parquet(*paths).select(_columns(table))

    def _write(self, rows: DataFrame, path: str, *partitions: str) -> None:
        """What an earlier try left half written is replaced: nobody reads a version without its commit."""
        rows.write.mode('overwrite').partitionBy(*partitions).parquet(self._files.address(path))

    def _commits(self) -> list[str]:
        return [name for name in self._files.names('commits') if name.endswith('.json')]

    def _retire(self) -> None:
        """Removes old commits, and the buckets and raw versions that only they knew."""
        names, now = self._commits(), time.time()
        for name, following in zip(names, names[1:]):
            # a commit is superseded when the next one is made
            if self._files.age_hours(f'commits/{following}', now) < self._keep_hours:
                return
            old, new = (json.loads(self._files.read(f'commits/{each}')) for each in (name, following))
            for table in KEYS:
                for bucket, version in old[table].items():
                    if new[table].get(bucket) != version:
                        self._files.remove(f'{table}/version={version}/bucket={bucket}')
            for version in range(old['since'], new['since']):
                for table in ('events', 'parked'):
                    self._files.remove(f'{table}/version={version}')
            self._files.remove(f'commits/{name}')


def last(rows: DataFrame, keys: list[str]) -> DataFrame:
    """The row of the last event per key: the same one in whatever order they came, and however often."""
    winner: Column = F.max(F.struct(*ORDER)).alias('winner')
    return rows.groupBy(*keys).agg(winner).select(*keys, 'winner.*')


def _columns(table: str) -> list[str]:
    return [column.split()[0] for column in TABLES[table].split(', ')]


def _name(version: int) -> str:
    return f'{version:010}.json'
