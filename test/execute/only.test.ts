import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceQueue } from '../../src/execute/reference-queue.ts';
import { paid, Stage, throttled } from './run.ts';

describe('an execution of named payments', () => {
  it('sends only these, in their order, and leaves the others planned', async () => {
    const stage = new Stage(10);
    stage.concurrency = 1;
    stage.only = ['REF7', 'REF2', 'REF5'];
    expect(await stage.run()).toMatchObject({ claimed: 3, counts: { paid: 3 }, stopped: null });
    expect(stage.submitted.map(({ reference }) => reference)).toEqual(['REF7', 'REF2', 'REF5']);
    expect(stage.ledger.row(0)?.status).toBe('planned');
  });

  it('sends one that the provider has held back before those behind it', async () => {
    const stage = new Stage(10);
    stage.concurrency = 1;
    stage.only = ['REF7', 'REF2', 'REF5'];
    stage.answer = (_payment, nth) => (nth === 1 ? throttled(10) : paid);
    expect(await stage.run()).toMatchObject({ counts: { paid: 3, planned: 1 }, stopped: null });
    expect(stage.submitted.map(({ reference }) => reference)).toEqual(['REF7', 'REF7', 'REF2', 'REF5']);
  });

  it('sends nothing where none is named', async () => {
    const stage = new Stage(3);
    stage.only = [];
    expect(await stage.run()).toMatchObject({ claimed: 0, stopped: null });
  });

  it('ends where none of the named ones is planned any more', async () => {
    const stage = new Stage(3);
    stage.only = ['GONE1', 'GONE2', 'GONE3', 'GONE4', 'GONE5'];
    expect(await stage.run()).toMatchObject({ claimed: 0, stopped: null });
  });
});

describe('a queue of references', () => {
  it('gives each once, and first what came back', () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ back: fc.integer({ min: 0, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.nat(20), fc.array(step, { maxLength: 40 }), (count, steps) => {
        let waiting = Array.from({ length: count }, (_, n) => `R${n}`);
        const queue = new ReferenceQueue(waiting);
        const out: string[] = [];
        for (const one of steps) {
          if ('take' in one) {
            const expected = waiting.slice(0, one.take);
            waiting = waiting.slice(one.take);
            expect(queue.take(one.take)).toEqual(expected);
            out.push(...expected);
          } else {
            const back = out.splice(0, one.back);
            queue.putBack(back);
            waiting = [...back, ...waiting];
          }
          expect(queue.length).toBe(waiting.length);
        }
      }),
    );
  });
});
