import type { ToldFault } from '../faults/rule.js';
import type { Fault } from '../faults/fault.js';

const WORDS: Record<Fault['fault'], string> = {
  server_error: 'Calls answer 500',
  rate_limit: 'Calls answer 429',
  hang: 'Calls hang',
  reset: 'Connections break',
  twice: 'Events come twice',
  late: 'Events come late',
  out_of_order: 'Events come out of order',
  lost: 'Events get lost',
};

/** What is to go wrong, for people. */
export interface FaultRow {
  id: number;
  words: string;
  /** Which, how often, how likely. */
  details: string;
}

export function faultRow({ id, fault, when, only, times, chance, seed, struck }: ToldFault): FaultRow {
  const details = [
    ...(only === '*' ? [] : [only]),
    ...(when === 'after' ? ['after the work'] : []),
    times === null ? 'until stopped' : `the next ${times}`,
    ...(chance < 1 ? [`${Math.round(chance * 100)} % of them, seed ${seed}`] : []),
    `struck ${struck} ×`,
  ];
  return { id, words: WORDS[fault], details: details.join(' · ') };
}
