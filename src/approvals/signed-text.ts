/** What people sign of a batch. */
export interface SignedPlan {
  readonly organisation: string;
  /** Id of the ledger: a signature counts in no other one. */
  readonly ledger: string;
  readonly batch: string;
  /** Digest of the plan: of rows, places, limits, policy, and the refusals that are set aside. */
  readonly plan: string;
  readonly count: number;
  /** `KES 105000.50`, by currency. */
  readonly sums: readonly string[];
}

/** The text that is signed: short enough to be read, and the same from any machine. */
export function textOfPlan({ organisation, ledger, batch, plan, count, sums }: SignedPlan): string {
  const what = [`batch ${batch}`, `plan ${plan}`, `payments ${count}`, ...sums.map((sum) => `sum ${sum}`)];
  return signedText({ organisation, ledger }, what);
}

/** The text that is signed of an action: its file has the rest, and the digest is that of all of it. */
export function textOfAction(action: {
  readonly command: string;
  readonly organisation: string;
  readonly ledger: string;
  readonly digest: string;
}): string {
  return signedText(action, [`action ${action.command}`, `digest ${action.digest}`]);
}

function signedText(of: Pick<SignedPlan, 'organisation' | 'ledger'>, what: readonly string[]): string {
  const lines = ['payrun approval 1', `organisation ${of.organisation}`, `ledger ${of.ledger}`, ...what];
  return lines.map((line) => `${line}\n`).join('');
}
