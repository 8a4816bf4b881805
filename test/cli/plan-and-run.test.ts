import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Project, type Ended } from './harness.ts';
import { batchesOf, type PrintedBatch, type PrintedTotal } from './planned.ts';

/** A batch with a past: what was registered and paid of it before, and the file and the flags with which it is planned and run now. */
interface Scenario {
  /** Cents of the first rows, which the past knows. */
  readonly known: readonly number[];
  readonly added: readonly number[];
  /** `held`: registered and never sent; `mixed`: the first row is paid, the others are registered and were never sent. */
  readonly past: 'none' | 'paid' | 'held' | 'mixed' | 'copied';
  readonly isChanged: boolean;
  readonly isHeld: boolean;
  readonly isPoor: boolean;
  readonly flags: readonly string[];
  readonly usesDigest: boolean;
}

const cents = fc.integer({ min: 1_000, max: 9_000 });
const scenario: fc.Arbitrary<Scenario> = fc.record({
  known: fc.array(cents, { minLength: 2, maxLength: 4 }),
  added: fc.array(cents, { maxLength: 2 }),
  past: fc.constantFrom('none', 'paid', 'held', 'mixed', 'copied'),
  isChanged: fc.boolean(),
  isHeld: fc.boolean(),
  isPoor: fc.boolean(),
  flags: fc.subarray(['--amend', '--allow-duplicate']),
  usesDigest: fc.boolean(),
});

const FILE = 'batches/november.yaml';

function batchOf(amounts: readonly number[], { id = 'november', isHeld = false } = {}): string {
  const rows = amounts.map((amount, at) => {
    const to = at % 2 === 0 ? `mobile: "+2547122000${at}9"` : `bank: { code: "015", account: "012345678${at}" }`;
    return `  - { id: E-${at}, name: Person ${at}, amount: "${(amount / 100).toFixed(2)}", ${to} }`;
  });
  return [
    `batch: ${id}`,
    'account: demo',
    ...(isHeld ? ['not_before: 2999-01-01T00:00:00+03:00'] : []),
    'payments:',
    ...rows,
    '',
  ].join('\n');
}

/** What happened to the batch before; every command of it ends as it is meant to. */
async function live(project: Project, { past, known }: Scenario): Promise<void> {
  const runs: Readonly<
    Record<Scenario['past'], readonly (readonly [file: string, text: string, ...flags: string[]])[]>
  > = {
    none: [],
    paid: [[FILE, batchOf(known)]],
    held: [[FILE, batchOf(known, { isHeld: true })]],
    mixed: [
      [FILE, batchOf(known.slice(0, 1))],
      [FILE, batchOf(known, { isHeld: true }), '--amend'],
    ],
    copied: [['batches/other.yaml', batchOf(known, { id: 'other' })]],
  };
  for (const [file, text, ...flags] of runs[past]) {
    await project.write(file, text);
    const { code, stderr } = await project.run('run', file, '--wait', '0s', ...flags);
    expect([code === 0 || code === 5, stderr]).toEqual([true, expect.not.stringContaining('refused')]);
  }
}

const sumOf = (totals: readonly PrintedTotal[] = []): number =>
  totals.reduce((sum, total) => sum + Math.round(Number(total.sum) * 100), 0);
const countOf = (totals: readonly PrintedTotal[] = []): number => totals.reduce((sum, { count }) => sum + count, 0);

function batchIn(ended: Ended): PrintedBatch {
  const [batch] = batchesOf(ended);
  if (batch === undefined) throw new Error(`no batch in ${ended.stdout}`);
  return batch;
}

/** What of two documents has to agree. */
function decided({ refused, plan_digest: digest, plan, issues }: PrintedBatch): object {
  const { action, new: fresh, resumed, skipped, blocked } = plan ?? {};
  return { refused, digest, action, fresh, resumed, skipped, blocked, codes: issues.map(({ code }) => code) };
}

async function check(given: Scenario): Promise<void> {
  const { known, added, isChanged, isHeld, isPoor, flags, usesDigest } = given;
  const project = await Project.open({ simulator: { balance: isPoor ? '420.00' : '100000.00' } });
  try {
    await live(project, given);
    const amounts = [...known.map((amount, at) => (isChanged && at === 1 ? amount + 1 : amount)), ...added];
    await project.write(FILE, batchOf(amounts, { isHeld }));
    const before = [...project.book()];

    const planned = await project.run('plan', FILE, ...flags, '--json');
    expect([[0, 3].includes(planned.code ?? -1), project.book().length]).toEqual([true, before.length]);
    const plan = batchIn(planned);
    const digest = usesDigest ? ['--plan', plan.plan_digest ?? ''] : [];
    const ran = await project.run('run', FILE, '--wait', '0s', ...flags, ...digest, '--json');
    const run = batchIn(ran);
    expect(decided(run)).toEqual(decided(plan));
    expect([ran.code === 3, run.refused]).toEqual([planned.code === 3, planned.code === 3]);

    const sent = project.book().slice(before.length);
    const sending = plan.refused ? [] : [...(plan.plan?.new ?? []), ...(plan.plan?.resumed ?? [])];
    expect(run.sent).toBe(sent.length);
    // Fees may take the last of a balance; the plan warns of that.
    if (plan.issues.some(({ code }) => code === 'balance-fees')) {
      expect(sent.length).toBeLessThanOrEqual(countOf(sending));
      return;
    }
    expect(sent.length).toBe(countOf(sending));
    expect(sent.reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0)).toBe(sumOf(sending));
    // The digest outlives the run; what is left is nothing, or what waits.
    const after = batchIn(await project.run('plan', FILE, ...flags, '--json'));
    expect(after.plan_digest).toBe(plan.plan_digest);
    if (!plan.refused) expect(after.plan?.action).toBe(countOf(plan.plan?.blocked) > 0 ? 'resume' : 'nothing');
  } finally {
    await project.close();
  }
}

describe('plan and run', () => {
  it(
    'agree about what is sent, kept back and refused, whatever a batch has been through',
    { timeout: 240_000 },
    async () => {
      await fc.assert(fc.asyncProperty(scenario, check), { numRuns: 8, endOnFailure: true });
    },
  );

  it.each([
    ['new', { past: 'none' }],
    ['copied', { past: 'copied' }],
    [
      'amended and partly paid',
      { past: 'mixed', isChanged: true, added: [2_500], flags: ['--amend'], usesDigest: true },
    ],
    ['partly paid', { past: 'mixed' }],
    ['held', { past: 'held', isHeld: true }],
    ['short of money', { past: 'held', isPoor: true, known: [40_000, 40_000] }],
  ] as const)('agree about a batch that is %s', { timeout: 60_000 }, async (_, differs) => {
    const plain = { known: [1_500, 2_500, 3_500], added: [], isChanged: false, isHeld: false, isPoor: false };
    await check({ ...plain, flags: [], usesDigest: false, ...differs });
  });
});
