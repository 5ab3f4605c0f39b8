"""Full seed: makes the lake's tables from the whole log, or anew from the lake's own raw events. Stop the stream meanwhile."""

from __future__ import annotations

from egf2_job import arguments, check, kafka, session
from egf2_lake import Lake


def main() -> None:
    parser = arguments(__doc__, ['kafka', 'folder', 'lake'])
    parser.add_argument('--replace', action='store_true', help='of a lake that has events already: they go, the source is all that counts')
    options = parser.parse_args()
    check(parser, options)

    spark = session('egf2-batch')
    lake = Lake(spark, options.lake, options.keep_hours)
    if options.source != 'lake' and not options.replace and lake.latest() is not None:
        parser.error(f'{options.lake} has events, and {options.source} may have lost some of them: --source lake, or --replace to do without them')

    if options.source == 'lake':
        lines = lake.lines()
    elif options.source == 'kafka':
        lines = spark.read.format('kafka').options(**kafka(options), endingOffsets='latest').load()
    else:
        lines = spark.read.text(options.folder)
    lake.replace(lines.selectExpr('cast(value as binary) value'), options.buckets)


if __name__ == '__main__':
    main()
