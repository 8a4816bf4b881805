import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig, type AccountConfig } from '../../src/config/config.ts';
import { isPayrunError } from '../../src/domain/problem.ts';
import { isReached, parseStopLimit, SHARE_FROM, stopLimitText, stopsAt } from '../../src/domain/stop-when.ts';
import { folderWith } from './folder.ts';

const account = (lines: string): string =>
  `organisation: acme\naccounts:\n  demo:\n    provider: sellapay\n    endpoint: simulator\n    currency: KES\n${lines}`;

async function accountWith(lines: string): Promise<AccountConfig | undefined> {
  const { accounts } = await loadConfig({ file: null, from: await folderWith({ 'payrun.yaml': account(lines) }) });
  return accounts.get('demo');
}

async function refusalWith(lines: string): Promise<string> {
  try {
    await accountWith(lines);
  } catch (error) {
    if (!isPayrunError(error) || error.exit !== 2) throw error;
    return error.message;
  }
  throw new Error('the configuration was accepted');
}

describe('canary and stop_when', () => {
  it('are read as numbers and shares, and are not set by themselves', async () => {
    expect(await accountWith('')).toMatchObject({ canary: null, stopWhen: null });
    const set = await accountWith('    canary: 3\n    stop_when: { failed: 5%, unknown: 3, returned: "0.5 %" }\n');
    expect(set).toMatchObject({
      canary: 3,
      stopWhen: {
        failed: { kind: 'share', hundredths: 500 },
        unknown: { kind: 'count', count: 3 },
        returned: { kind: 'share', hundredths: 50 },
      },
    });
  });

  it.each(['0', '-1', '2.5', 'some', '5%', ''])('a canary of "%s" is refused with a right line', async (text) => {
    const refused = await refusalWith(`    canary: "${text}"\n`);
    expect(refused).toMatch(/payrun\.yaml:7: accounts\.demo\.canary/);
    expect(refused).toContain('canary: 3');
  });

  it.each(['0', '0%', '0.0%', '101%', '100.5%', '-3', '5 percent', 'five', '%', '1.234%'])(
    'a stop_when of "%s" is refused with a right line',
    async (text) => {
      const refused = await refusalWith(`    stop_when: { failed: "${text}" }\n`);
      expect(refused).toMatch(/payrun\.yaml:7: accounts\.demo\.stop_when\.failed/);
      expect(refused).toContain('failed: "5%"');
      expect(parseStopLimit(text)).toBeNull();
    },
  );

  it('refuses a stop_when that names nothing, or another status', async () => {
    expect(await refusalWith('    stop_when: {}\n')).toContain('accounts.demo.stop_when');
    expect(await refusalWith('    stop_when: { pending: 3 }\n')).toContain('pending');
  });
});

describe('a limit of stop_when', () => {
  const limits = fc.oneof(
    fc.integer({ min: 1, max: 9_999_999 }).map((count) => ({ kind: 'count', count }) as const),
    fc.integer({ min: 1, max: 10_000 }).map((hundredths) => ({ kind: 'share', hundredths }) as const),
  );

  it('is written as it is read', () => {
    fc.assert(
      fc.property(limits, (limit) => {
        expect(parseStopLimit(stopLimitText(limit))).toEqual(limit);
      }),
    );
  });

  it('of a share is reached exactly from that share of at least 20 on, and never by one payment', () => {
    const shares = fc.integer({ min: 1, max: 10_000 });
    const counts = fc.tuple(fc.nat(500), fc.nat(500));
    fc.assert(
      fc.property(shares, counts, (hundredths, [count, others]) => {
        const ended = count + others;
        const reached = isReached({ kind: 'share', hundredths }, { count, ended });
        expect(reached).toBe(ended >= SHARE_FROM && count >= 2 && count * 10_000 >= hundredths * ended);
      }),
    );
  });

  it('is never reached below the number at which a claim is refused, however many have ended since', () => {
    fc.assert(
      fc.property(limits, fc.nat(500), fc.nat(500), fc.nat(500), (limit, count, ended, more) => {
        if (count < stopsAt(limit, ended)) expect(isReached(limit, { count, ended: ended + more })).toBe(false);
      }),
    );
  });
});
