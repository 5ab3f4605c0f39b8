import { MissingError } from '../../../services/runtime/bus/bus';
import { tell } from '../../../services/runtime/trouble';
import { RecordingLog } from '../../support/recording-log';

test('what has to be made is one line that says how, without a stack; all else is an error', () => {
  const log = new RecordingLog();
  tell(log, new MissingError('the topic t does not exist. To make it: gcloud pubsub topics create t'), 'Not published', { entry: 'e1' });
  const error = new Error('broken');
  tell(log, error, 'Not published', { entry: 'e1' });
  expect(log.lines).toEqual([
    { level: 'warn', fields: { entry: 'e1' }, message: 'Not published: the topic t does not exist. To make it: gcloud pubsub topics create t' },
    { level: 'error', fields: { entry: 'e1', error }, message: 'Not published' },
  ]);
});
