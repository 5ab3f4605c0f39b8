import type { Leases } from '../../../services/runtime/stores/leases';
import { Crew } from '../../../services/scraper/share/crew';
import { ownerOf } from '../../../services/scraper/share/rendezvous';
import { FakeClock } from '../../support/fake-clock';
import { RecordingLog } from '../../support/recording-log';

const users = Array.from({ length: 10_000 }, (_, index) => index.toString(36));
const owners = (members: string[]) => users.map((user) => ownerOf(user, members));

describe('rendezvous', () => {
  test.each([2, 3, 7])('%i processes have equal parts, within a tenth', (count) => {
    const members = Array.from({ length: count }, (_, index) => `scraper-${index}`);
    const all = owners(members);
    const parts = members.map((member) => all.filter((owner) => owner === member).length);
    for (const part of parts) expect(Math.abs(part / (users.length / count) - 1)).toBeLessThan(0.1);
  });

  test('when one leaves only its users move, and they spread; when one comes it takes its part and nothing else moves', () => {
    const before = owners(['a', 'b', 'c', 'd']);
    const after = owners(['a', 'b', 'd']);
    const moved = users.flatMap((_, index) => (before[index] === after[index] ? [] : [[before[index], after[index]]]));
    expect(new Set(moved.map(([from]) => from))).toEqual(new Set(['c']));
    expect(moved.length).toBeLessThan(users.length * 0.28);
    for (const to of ['a', 'b', 'd']) expect(moved.filter((move) => move[1] === to).length).toBeGreaterThan(moved.length / 4);
  });

  test('the order of the names does not matter, and nobody owns anything where nobody is', () => {
    expect(owners(['a', 'b', 'c'])).toEqual(owners(['c', 'a', 'b']));
    expect(ownerOf('u', [])).toBeUndefined();
  });
});

describe('a crew', () => {
  /** Leases by the test's clock. */
  class MemoryLeases implements Leases {
    readonly until = new Map<string, number>();
    isDown = false;
    constructor(private readonly clock: FakeClock) {}
    async beat(group: string, instance: string, seconds: number) {
      this.check();
      this.until.set(`${group}/${instance}`, this.clock.now() + seconds * 1000);
    }
    async members(group: string) {
      this.check();
      const there = [...this.until].filter(([name, until]) => name.startsWith(`${group}/`) && until > this.clock.now());
      return there.map(([name]) => name.slice(group.length + 1)).sort();
    }
    async leave(group: string, instance: string) {
      this.until.delete(`${group}/${instance}`);
    }
    private check() {
      if (this.isDown) throw new Error('the database is down');
    }
  }

  const some = users.slice(0, 500);
  const clock = new FakeClock();
  const log = new RecordingLog();
  const leases = new MemoryLeases(clock);
  const crew = (instance: string, from: Leases = leases, team = 'general') => new Crew({ leases: from, clock, log, team, instance, leaseSeconds: 30 });
  const mine = (one: Crew) => some.filter((user) => one.owns(user, 'team'));

  test('shares all users, nobody is two processes’, and the dead one’s are taken over within 40 s of its last beat', async () => {
    const dying = new MemoryLeases(clock);
    Object.assign(dying, { until: leases.until }); // the same leases, which one process can be cut off from
    const [a, b] = [crew('a'), crew('b', dying)];
    await a.join();
    await b.join();
    await clock.pass(10_000);
    expect([...mine(a), ...mine(b)].sort()).toEqual([...some].sort());

    dying.isDown = true;
    let took = 0;
    while (mine(a).length < some.length && took < 60) {
      await clock.pass(1000);
      took += 1;
      // cut off, but alive: it stops before the other begins
      expect(mine(a).filter((user) => b.owns(user, 'team'))).toEqual([]);
    }
    expect(took).toBeLessThanOrEqual(40);
    expect(mine(b)).toEqual([]);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'The lease could not be renewed' }));

    dying.isDown = false;
    await clock.pass(20_000);
    expect([...mine(a), ...mine(b)].sort()).toEqual([...some].sort());
    await b.leave();
    await clock.pass(10_000);
    expect(mine(a)).toHaveLength(some.length);
    await a.leave();
    expect(leases.until.size).toBe(0);
  });

  test('of two modes, though one is called like the other, each has its own users, and all share the rest', async () => {
    const [general, vip] = [crew('a'), crew('a', leases, 'vip')];
    await general.join();
    expect(general.of('vip')).toEqual([]);
    await vip.join();
    await clock.pass(10_000);
    expect(general.of('vip')).toEqual(['vip:a']);
    for (const one of [general, vip]) {
      expect(mine(one)).toHaveLength(some.length);
      expect(some.filter((user) => one.owns(user, 'all')).length).toBeGreaterThan(some.length / 3);
    }
    expect(some.filter((user) => general.owns(user, 'all') === vip.owns(user, 'all'))).toEqual([]);
    await Promise.all([general.leave(), vip.leave()]);
  });
});
