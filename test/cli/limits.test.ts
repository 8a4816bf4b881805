import { describe, expect, it } from 'vitest';
import { csvOf } from './harness.ts';
import { pesawayProject } from './pesaway-project.ts';

describe('one budget for tokens, payouts and queries', () => {
  it('is never exceeded by a run that waits and the commands after it', async () => {
    // docs/providers/pesaway.md: five requests in any second, for all of them together.
    const { project } = await pesawayProject({
      limits: '{ concurrency: 5 }',
      options: 'poll: [300ms], poll_every: 500ms',
      faults: [{ fault: { kind: 'callback', callbackFault: 'lost' }, times: 99 }],
      simulator: { limits: {} },
    });
    try {
      await project.write('batches/november.csv', csvOf(9));
      expect((await project.run('run', 'batches/', '--wait', '0s')).code).toBe(5);
      expect((await project.run('settle')).code).toBe(0);
      await project.write(
        'batches/december.csv',
        csvOf(4, (n) => `07${33_200_009 + n * 10}`).replaceAll('EMP-', 'DEC-'),
      );
      expect((await project.run('run', 'batches/', '--wait', '20s')).code).toBe(0);
      const { windows, statuses } = project.simulator.stats();
      expect(windows.length).toBeGreaterThan(0);
      for (const { mostReceived, count, worstOverrun, refused } of windows) {
        expect([mostReceived <= count, worstOverrun, refused]).toEqual([true, 0, 0]);
      }
      expect(statuses['429']).toBeUndefined();
      expect(project.book()).toHaveLength(13);
    } finally {
      await project.close();
    }
  });
});
