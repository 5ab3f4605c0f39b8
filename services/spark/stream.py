"""Follows the queue, and keeps the lake's tables as of the last micro-batch. Killed anywhere, it goes on from its checkpoint."""

from __future__ import annotations

from pyspark.sql import DataFrame

from egf2_job import arguments, check, kafka, session
from egf2_lake import Lake


def main() -> None:
    parser = arguments(__doc__, ['kafka', 'folder'])
    parser.add_argument('--checkpoint', required=True, metavar='URL', help='how far it got; belongs to this lake and source')
    parser.add_argument('--trigger-seconds', type=int, default=300, help='between micro-batches (default: 300)')
    parser.add_argument('--at-most', type=int, help='events of Kafka, or files of a folder, in one micro-batch (default: all that are there)')
    parser.add_argument('--drain', action='store_true', help='end when all that is there is read')
    options = parser.parse_args()
    check(parser, options)

    spark = session('egf2-stream')
    lake = Lake(spark, options.lake, options.keep_hours)

    if options.source == 'kafka':
        limit = {'maxOffsetsPerTrigger': options.at_most} if options.at_most else {}
        lines = spark.readStream.format('kafka').options(**kafka(options), **limit).load()
    else:
        limit = {'maxFilesPerTrigger': options.at_most} if options.at_most else {}
        lines = spark.readStream.format('text').options(**limit).load(options.folder)

    def micro_batch(rows: DataFrame, epoch: int) -> None:
        # the checkpoint's own id: epochs begin again with a new one
        query = spark.sparkContext.getLocalProperty('sql.streaming.queryId')
        lake.append(rows, query, epoch, options.buckets)

    writer = lines.selectExpr('cast(value as binary) value').writeStream.foreachBatch(micro_batch).option('checkpointLocation', options.checkpoint)
    writer = writer.trigger(availableNow=True) if options.drain else writer.trigger(processingTime=f'{options.trigger_seconds} seconds')
    writer.start().awaitTermination()


if __name__ == '__main__':
    main()
