import { describe, expect, it } from 'vitest';
import { changeSettings } from '../../src/domain/changes.ts';
import { DEMO, load } from './folder.ts';

describe('what a configuration says of changes', () => {
  it('is nothing unless it is written, and each change is then a warning', async () => {
    const { changes } = await load(DEMO);
    expect(changes).toEqual({});
    const { policies, over, by } = changeSettings(changes);
    expect([...new Set(Object.values(policies))]).toEqual(['warn']);
    expect([over, by]).toEqual(['20%', {}]);
  });

  it('is a policy for each kind, with thresholds of amounts where they are given', async () => {
    const { changes } = await load(
      `${DEMO}changes: { joiners: ignore, amount: { over: 12.5%, by: 5000, policy: approve }, destination: block }\n`,
    );
    expect(changes).toEqual({
      joiners: 'ignore',
      amount: 'approve',
      over: '12.5%',
      by: { '': '5000' },
      destination: 'block',
    });
    expect((await load(`${DEMO}changes: { amount: block }\n`)).changes).toEqual({ amount: 'block' });
    const byCurrency = await load(`${DEMO}changes: { amount: { by: { KES: "5000.50" } } }\n`);
    expect(byCurrency.changes).toEqual({ by: { KES: '5000.50' } });
  });

  it('is said by a rule for its files, setting by setting, before it is said for all', async () => {
    const config = await load(
      `${DEMO}changes: { joiners: block, destination: approve }\ndefaults: [{ match: "*.csv", changes: { joiners: warn } }]\n`,
    );
    const { policies } = changeSettings(config.defaults[0]?.changes ?? {}, config.changes);
    expect([policies.joiners, policies.destination]).toEqual(['warn', 'approve']);
  });

  it('is refused where it cannot be meant, all at once and each with a right line', async () => {
    const text = `${DEMO}changes:
  joiner: block
  leavers: stop
  amount: { over: 20, by: "50.005", policy: approve }
  destination: { policy: warn }
`;
    const message = await load(text).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    expect(message).toContain('`changes.joiner` is not a key of payrun. Did you mean `joiners`?');
    expect(message).toContain('changes.leavers is `stop`; payrun knows: ignore, warn, block, approve.');
    expect(message).toContain('changes.amount.over: Write a percentage, such as 20% or 12.5%. Example: over: "20%"');
    expect(message).toContain('changes.amount.by: KES has 2 decimals. Write no more. Example: by: { KES: "5000" }');
    expect(message).toContain('changes.destination');
  });
});
