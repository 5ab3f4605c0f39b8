import { type Fault, GARBAGE } from '../../../services/testbench/http/faults';
import type { Pipeline } from '../../../services/testbench/pipeline/pipeline';

/** From now on Discord and Letterboxd fail in every way that is known, in turn. */
export function injectFaults({ discord, letterboxd }: Pick<Pipeline, 'discord' | 'letterboxd'>): void {
  let sends = 0;
  discord.faults.by = ({ route }) => {
    if (!route.startsWith('POST') || !route.includes('messages')) return undefined;
    sends += 1;
    const discords: Readonly<Record<number, Fault>> = {
      5: { status: 429, retryAfter: 0.3 },
      11: { status: 500 },
      17: 'drop',
      29: 'lose-answer',
      37: { status: 502 },
    };
    return discords[sends % 43];
  };
  let requests = 0;
  letterboxd.faults.by = () => {
    requests += 1;
    if (requests % 211 === 0) return { status: 403 };
    const letterboxds: Readonly<Record<number, Fault>> = { 3: { status: 500 }, 9: GARBAGE, 13: 'drop', 19: 'cut-answer', 23: { status: 429, retryAfter: 1 } };
    return letterboxds[requests % 31];
  };
}
