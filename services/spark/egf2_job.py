"""What both jobs have in common: arguments, session, sources. The arguments are services/contracts/egf2-spark.ts."""

from __future__ import annotations

import argparse

from pyspark.sql import SparkSession

IAM = {
    'kafka.security.protocol': 'SASL_SSL',
    'kafka.sasl.mechanism': 'AWS_MSK_IAM',
    'kafka.sasl.jaas.config': 'software.amazon.msk.auth.iam.IAMLoginModule required;',
    'kafka.sasl.client.callback.handler.class': 'software.amazon.msk.auth.iam.IAMClientCallbackHandler',
}
AUTH = {'iam': IAM, 'tls': {'kafka.security.protocol': 'SSL'}, 'plaintext': {'kafka.security.protocol': 'PLAINTEXT'}}


def arguments(description: str, sources: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, allow_abbrev=False)
    parser.add_argument('--lake', required=True, metavar='URL', help='where the tables are: s3://bucket/path')
    parser.add_argument('--source', required=True, choices=sources)
    parser.add_argument('--brokers', help='of Kafka: host:port,host:port')
    parser.add_argument('--topic', default='events', help='of Kafka (default: events)')
    parser.add_argument('--auth', choices=sorted(AUTH), default='iam', help='how Kafka knows the job (default: iam, as MSK does)')
    parser.add_argument('--folder', metavar='URL', help='of files with an event as JSON on each line')
    parser.add_argument('--buckets', type=int, help='parts of each table, each rewritten as a whole (default: as the lake has, 16 in a new one)')
    parser.add_argument('--keep-hours', type=float, default=24, help='that readers of an old commit have left to finish (default: 24)')
    return parser


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if options.source == 'kafka' and not options.brokers:
        parser.error('--source kafka needs --brokers')
    if options.source == 'folder' and not options.folder:
        parser.error('--source folder needs --folder')
    if options.buckets is not None and options.buckets < 1:
        parser.error('--buckets must be 1 or more')


def session(name: str) -> SparkSession:
    settings = {
        'spark.sql.session.timeZone': 'UTC',
        'spark.sql.parquet.outputTimestampType': 'TIMESTAMP_MICROS',
        'spark.sql.sources.partitionOverwriteMode': 'static',
        'spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs': 'false',
    }
    builder = SparkSession.builder.appName(name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def kafka(options: argparse.Namespace) -> dict[str, str]:
    """From the beginning; a queue that dropped what was not read yet is an error, not a gap."""
    where = {'kafka.bootstrap.servers': options.brokers, 'subscribe': options.topic, 'startingOffsets': 'earliest', 'failOnDataLoss': 'true'}
    return {**where, **AUTH[options.auth]}
