/** What people sign of a batch. */
export interface SignedPlan {
  readonly organisation: string;
  /** Id of the ledger: a signature counts in no other one. */
  readonly ledger: string;
  readonly batch: string;
  /** Digest of the plan: of rows, places, limits and policy. */
  readonly plan: string;
  readonly count: number;
  /** `KES 105000.50`, by currency. */
  readonly sums: readonly string[];
  readonly preparedBy: string | null;
  /** The refusals that are set aside: `allow-duplicate`, `allow-destination "EMP-1"`. */
  readonly overrides: readonly string[];
}

const FIRST_LINE = 'payrun approval 1';

/** The text that is signed: short enough to be read, and the same from any machine. */
export function textOfPlan(plan: SignedPlan): string {
  return linesOf([...planLines(plan), ...overrideLines(plan.overrides)]);
}

/**
 * Whether a text that was signed earlier is about this very plan, and allows every refusal that is set aside now. A batch that was
 * registered with an override goes on without naming it again.
 */
export function coversPlan(text: string, plan: SignedPlan): boolean {
  const lines = planLines(plan);
  const signed = text.split('\n');
  if (signed.pop() !== '') return false;
  const overrides = signed.slice(lines.length);
  const isThisPlan = lines.every((line, at) => signed[at] === line);
  const isAllowed = overrideLines(plan.overrides).every((line) => overrides.includes(line));
  return isThisPlan && isAllowed && overrides.every((line) => line.startsWith('override '));
}

/** The text that is signed of an action: its file has the rest, and the digest is that of all of it. */
export function textOfAction(action: {
  readonly command: string;
  readonly organisation: string;
  readonly ledger: string;
  readonly digest: string;
}): string {
  const { command, organisation, ledger, digest } = action;
  return linesOf([
    FIRST_LINE,
    `organisation ${organisation}`,
    `ledger ${ledger}`,
    `action ${command}`,
    `digest ${digest}`,
  ]);
}

function planLines({ organisation, ledger, batch, plan, count, sums, preparedBy }: SignedPlan): string[] {
  return [
    FIRST_LINE,
    `organisation ${organisation}`,
    `ledger ${ledger}`,
    `batch ${batch}`,
    `plan ${plan}`,
    `payments ${count}`,
    ...sums.map((sum) => `sum ${sum}`),
    // Free text is quoted, so that no name can end its line and begin another.
    ...(preparedBy === null ? [] : [`prepared-by ${JSON.stringify(preparedBy)}`]),
  ];
}

function overrideLines(overrides: readonly string[]): string[] {
  return [...new Set(overrides)].sort().map((override) => `override ${override}`);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
