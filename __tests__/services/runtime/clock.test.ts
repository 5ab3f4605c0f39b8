import { systemClock } from '../../../services/runtime/clock';

test('no sleep is so short that nobody else has a turn', async () => {
  let hadTurn = false;
  setTimeout(() => {
    hadTurn = true;
  }, 5);
  const deadline = Date.now() + 1000;
  while (!hadTurn && Date.now() < deadline) await systemClock.sleep(0);
  expect(hadTurn).toBe(true);
});

test('who is told to stop sleeps no more', async () => {
  const reason = new Error('the end');
  await expect(systemClock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});
