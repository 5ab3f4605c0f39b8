import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPARK_JOBS, SPARK_MODULES, SPARK_VERSION, sparkArguments, sparkSubmit } from '../../../services/contracts/egf2-spark';
import { ROOT } from '../../support/repository';

const SOURCE = join(ROOT, 'services/spark');
const source = (file: string) => readFileSync(join(SOURCE, file), 'utf8');
const KAFKA = { kind: 'kafka', brokers: ['b-1.example:9098', 'b-2.example:9098'] } as const;

test('a job is submitted with all that it needs', () => {
  const given = { lake: 's3://lake/egf2', checkpoint: 's3://lake/checkpoints/stream', source: KAFKA, atMost: 100_000 };
  const command = sparkSubmit({
    job: 'stream',
    code: 's3://lake/code/1/',
    arguments: given,
    jars: ['s3://lake/jars/kafka.jar'],
    conf: { 'spark.executor.cores': '2' },
  });
  expect(command.join(' ')).toBe(
    'spark-submit --deploy-mode cluster' +
      ' --py-files s3://lake/code/1/egf2_events.py,s3://lake/code/1/egf2_files.py,s3://lake/code/1/egf2_lake.py,s3://lake/code/1/egf2_job.py' +
      ' --jars s3://lake/jars/kafka.jar --conf spark.executor.cores=2 s3://lake/code/1/stream.py' +
      ' --source kafka --brokers b-1.example:9098,b-2.example:9098 --topic events --auth iam' +
      ' --lake s3://lake/egf2 --keep-hours 24 --checkpoint s3://lake/checkpoints/stream --trigger-seconds 300 --at-most 100000',
  );
});

test('what is off is not said', () => {
  expect(sparkArguments('batch', { lake: '/lake', source: { kind: 'lake' }, buckets: 4 })).toEqual([
    '--source',
    'lake',
    '--lake',
    '/lake',
    '--buckets',
    '4',
    '--keep-hours',
    '24',
  ]);
  expect(sparkArguments('batch', { lake: '/lake', source: { kind: 'folder', folder: 'file:///log' }, replace: true })).toContain('--replace');
});

test('every wrong argument is named at once', () => {
  const wrong = { lake: 'bucket', checkpoint: '', source: { ...KAFKA, brokers: ['b-1.example'] }, buckets: 0, triggerSeconds: 0.5 };
  const tried = () => sparkArguments('stream', wrong);
  for (const part of ['at lake', 'at checkpoint', 'at source.brokers[0]', 'must be host:port', 'at buckets', 'at triggerSeconds']) expect(tried).toThrow(part);
});

test('the files are there, and import no other of ours', () => {
  const files = [...Object.values(SPARK_JOBS), ...SPARK_MODULES];
  expect(files.filter((file) => !existsSync(join(SOURCE, file)))).toEqual([]);
  const imported = files.flatMap((file) => [...source(file).matchAll(/^(?:from|import) (egf2_\w+)/gm)].map((match) => `${match[1]}.py`));
  expect(imported.filter((file) => !SPARK_MODULES.some((module) => module === file))).toEqual([]);
  expect(imported.length).toBeGreaterThan(5);
});

test("the tests' Spark is EMR's", () => {
  expect(readFileSync(join(ROOT, '.ci/debian'), 'utf8')).toContain(`pyspark==${SPARK_VERSION}\n`);
});
