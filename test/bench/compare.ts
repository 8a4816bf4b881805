import { median, tableOf } from './measure.ts';
import { medianInterval, type MedianInterval } from './interval.ts';
import type { Workload } from './workload.ts';

/** One figure of two builds, pair by pair. */
export interface ComparedFigure {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  /** Ours over theirs: above 1 is worse. */
  readonly ratio: MedianInterval;
  readonly decision: Decision;
}

/** `worse`: more than {@link TOLERANCE} above the other build, and 1 lies outside the interval; `undecided`: 1 lies inside it. */
export type Decision = 'better' | 'not worse' | 'worse' | 'undecided';

/** How much worse a figure may be before the benchmark calls it so. */
export const TOLERANCE = 0.03;

/** Runs both builds in turn, the first one of each pair alternating, after one pair that is not counted. */
export async function compare(ours: Workload, theirs: Workload, pairs: number): Promise<ComparedFigure[]> {
  const samples = { ours: new Map<string, number[]>(), theirs: new Map<string, number[]>() };
  const take = async (who: 'ours' | 'theirs', isCounted: boolean): Promise<void> => {
    const figures = await (who === 'ours' ? ours : theirs).sample();
    if (!isCounted) return;
    for (const [name, value] of Object.entries(figures)) {
      samples[who].set(name, [...(samples[who].get(name) ?? []), value]);
    }
  };
  for (let pair = 0; pair <= pairs; pair++) {
    const order = pair % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    for (const who of order) await take(who, pair > 0);
    process.stderr.write(pair === 0 ? `${ours.name}: warm` : pair === pairs ? ` ${pair}\n` : ` ${pair}`);
  }
  return [...samples.ours].map(([name, values]) => {
    const others = samples.theirs.get(name) ?? [];
    const ratio = medianInterval(values.map((value, at) => value / (others[at] ?? Number.NaN)));
    return {
      what: `${ours.name}: ${name}`,
      ours: median(values),
      theirs: median(others),
      ratio,
      decision: decide(ratio),
    };
  });
}

export function decide({ median: middle, low, high }: MedianInterval): Decision {
  if (high < 1) return 'better';
  if (middle <= 1 + TOLERANCE) return 'not worse';
  return low > 1 ? 'worse' : 'undecided';
}

export function comparedTable(figures: readonly ComparedFigure[]): string {
  return tableOf([
    ['what', 'this build', 'other build', 'ratio', '95 % interval', ''],
    ...figures.map(({ what, ours, theirs, ratio, decision }) => [
      what,
      ours.toPrecision(4),
      theirs.toPrecision(4),
      ratio.median.toFixed(3),
      `${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`,
      decision,
    ]),
  ]);
}
