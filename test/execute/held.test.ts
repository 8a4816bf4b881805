import { describe, expect, it } from 'vitest';
import { evidence, paid, Stage } from './run.ts';

const closed = { code: 'hours', reason: 'Closed.' };

describe('an execution whose time is over', () => {
  it('claims nothing more, records what is in flight, and keeps the rest planned', async () => {
    const stage = new Stage(100);
    const end = stage.clock.now() + 5_000;
    stage.heldAt = (at) => (at < end ? null : closed);
    stage.answer = async () => {
      await stage.clock.sleep(2_000);
      return paid;
    };
    const result = await stage.run();
    // Four at a time, at 0, 2 and 4 seconds; the last four are answered after the end.
    expect(result).toMatchObject({ claimed: 12, counts: { paid: 12 }, stopped: { kind: 'held', evidence: closed } });
    expect(stage.ledger.row(12)?.status).toBe('planned');
  });

  it('sends nothing where it never began', async () => {
    const stage = new Stage(3);
    stage.heldAt = () => closed;
    expect(await stage.run()).toMatchObject({ claimed: 0, stopped: { kind: 'held' } });
    expect(stage.submitted).toEqual([]);
  });

  it('does not wait for a slot that comes after the end', async () => {
    const stage = new Stage(3);
    stage.rates = [{ count: 1, windowMs: 3_600_000 }];
    const end = stage.clock.now() + 60_000;
    stage.heldAt = (at) => (at < end ? null : closed);
    expect(await stage.run()).toMatchObject({ claimed: 1, stopped: { kind: 'held' } });
    expect(stage.clock.monotonic()).toBeLessThan(70_000);
  });

  it('sends nothing of what was claimed before the machine slept over the end', async () => {
    const stage = new Stage(8);
    stage.concurrency = 2;
    const start = stage.clock.now();
    stage.heldAt = (at) => (at < start + 60_000 ? null : closed);
    const claim = stage.ledger.claim.bind(stage.ledger);
    stage.ledger.claim = async (request) => {
      const claims = await claim(request);
      stage.clock.setWall(start + 3_600_000);
      return claims;
    };
    const result = await stage.run();
    expect(result).toMatchObject({ claimed: 2, counts: { planned: 2 }, stopped: { kind: 'held' } });
    expect(stage.submitted).toEqual([]);
    expect(stage.ledger.row(0)?.status).toBe('planned');
  });

  it('is complete where the end came while the last payments were under way', async () => {
    const stage = new Stage(2);
    const end = stage.clock.now() + 1_000;
    stage.heldAt = (at) => (at < end ? null : closed);
    stage.answer = async () => {
      await stage.clock.sleep(5_000);
      return { kind: 'pending', evidence };
    };
    expect(await stage.run()).toMatchObject({ claimed: 2, counts: { pending: 2 }, stopped: null });
  });
});
