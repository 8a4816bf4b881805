import { PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import { ALL_ACCOUNTS, pausedText, type Pause, type PauseScope } from '../ledger/stops.ts';
import type { Exit } from './exit-code.ts';
import { recoverDead } from './session/batches.ts';
import type { Project } from './session/project.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { personText } from './session/who.ts';

export interface PauseRequest {
  /** An account or a batch; null: every account. */
  readonly name: string | null;
  readonly because: string;
  /** How long to wait for requests that are on their way. */
  readonly waitMs: number;
  /** Whether only what would be paused is said. */
  readonly isDryRun: boolean;
}

export interface ResumeRequest {
  readonly name: string | null;
  /** Null: no reason was given. */
  readonly because: string | null;
  readonly isDryRun: boolean;
}

export interface PauseResult {
  readonly exit: Exit;
  /** The pauses that this command started or found in force, or that it ended. */
  readonly pauses: readonly Pause[];
  /** The pauses that are in force afterwards. */
  readonly inForce: readonly Pause[];
  /** Payments of what was paused whose requests are on their way. */
  readonly sending: readonly LedgerPayment[];
}

/** How often payments that are being sent are looked at again. */
const LEAVING_POLL_MS = 100;

/**
 * Stops sending from an account, of a batch, or altogether, from any process. Requests that are on their way are waited for, so that
 * none leaves after the answer; exit 5 names those that did not end in time.
 */
export function pause(
  context: OperationContext,
  { name, because, waitMs, isDryRun }: PauseRequest,
): Promise<PauseResult> {
  return withSession(context, { command: 'pause' }, async (session) => {
    const { ledger, system, signal } = session;
    const scopes = await scopesOf(session, name);
    const who = { by: personText(system.who), at: system.clock.now() };
    if (isDryRun) {
      const would = scopes.map((scope): Pause => ({ ...scope, ...who, because }));
      return { exit: 0, pauses: would, inForce: await ledger.pauses(), sending: await sendingIn(session, scopes) };
    }
    const pauses: Pause[] = [];
    for (const scope of scopes) pauses.push(await ledger.pause({ ...scope, ...who, because }));
    const deadline = system.clock.monotonic() + waitMs;
    let sending = await sendingIn(session, scopes);
    while (sending.length > 0 && !signal.aborted && system.clock.monotonic() < deadline) {
      await system.clock.sleep(LEAVING_POLL_MS, signal);
      sending = await sendingIn(session, scopes);
    }
    return { exit: sending.length > 0 ? 5 : 0, pauses, inForce: await ledger.pauses(), sending };
  });
}

/** Ends a pause. Throws {@link PayrunError} 2, naming what is paused, where there is none of that name. */
export function resume(context: OperationContext, { name, because, isDryRun }: ResumeRequest): Promise<PauseResult> {
  return withSession(context, { command: 'resume' }, async ({ ledger, system }) => {
    // The entry names the person, and why where that was said.
    const by = because === null ? personText(system.who) : `${personText(system.who)}: ${because}`;
    const who = { by, at: system.clock.now() };
    const scopes: PauseScope[] =
      name === null
        ? [{ scope: 'account', name: ALL_ACCOUNTS }]
        : [
            { scope: 'account', name },
            { scope: 'batch', name },
          ];
    const ended: Pause[] = [];
    const before = await ledger.pauses();
    if (isDryRun) {
      ended.push(
        ...before.filter((one) => scopes.some((scope) => scope.scope === one.scope && scope.name === one.name)),
      );
    }
    const isPaused = before.some((one) => one.scope === 'batch' && one.name === name);
    for (const scope of isDryRun ? [] : scopes) {
      const known = await ledger.resume({ ...scope, ...who });
      if (known !== null) ended.push(known);
    }
    const batch = name === null || ended.some(({ scope }) => scope === 'account') ? null : name;
    if (batch !== null) ended.push(...(await releasedCanaries(ledger, { batch, isPaused, isDryRun, ...who })));
    const inForce = await ledger.pauses();
    if (ended.length > 0) return { exit: 0, pauses: ended, inForce, sending: [] };
    const others = inForce.length === 0 ? 'Nothing is paused.' : inForce.map(pausedText).join(' ');
    throw new PayrunError(2, 'not-paused', `${name ?? 'The whole of payrun'} is not paused. ${others}`);
  });
}

/**
 * Lets the payments go that wait behind the first ones of a batch, or says which would. A batch that a person had paused before all of the
 * first ones left only loses that pause: nobody has seen yet what becomes of them.
 */
async function releasedCanaries(
  ledger: Ledger,
  release: {
    readonly batch: string;
    readonly isPaused: boolean;
    readonly isDryRun: boolean;
    readonly by: string;
    readonly at: number;
  },
): Promise<Pause[]> {
  const { batch, isPaused, isDryRun, by, at } = release;
  const canaries = await ledger.canaries(batch);
  if (isPaused && canaries.some(({ used, size }) => used < size)) return [];
  if (!isDryRun) await ledger.releaseCanaries({ batch, by, at });
  const [first] = canaries;
  if (first === undefined) return [];
  const because = canaries.map(({ account, size }) => `canary of ${size} from account ${account}`).join(', ');
  return [{ scope: 'batch', name: batch, by: first.by, at: first.at, because }];
}

/** The pause that keeps a batch from being sent, or null. */
export async function pauseOf(ledger: Ledger, batch: string, accounts: Iterable<string>): Promise<Pause | null> {
  const names = new Set([ALL_ACCOUNTS, ...accounts]);
  const pauses = await ledger.pauses();
  return pauses.find(({ scope, name }) => (scope === 'batch' ? name === batch : names.has(name))) ?? null;
}

/** What a name stands for. Where an account and a batch have it, both. */
async function scopesOf({ ledger, project }: Session, name: string | null): Promise<readonly PauseScope[]> {
  if (name === null) return [{ scope: 'account', name: ALL_ACCOUNTS }];
  const scopes: PauseScope[] = [];
  if (isConfiguredAccount(project, name)) scopes.push({ scope: 'account', name });
  if ((await ledger.batch(name)) !== null) scopes.push({ scope: 'batch', name });
  if (scopes.length > 0) return scopes;
  const accounts = [...project.config.accounts.keys()].join(', ');
  throw new PayrunError(
    2,
    'pause-unknown',
    `${name} is neither an account nor a batch. The accounts are: ${accounts}; for the batches: payrun status`,
  );
}

function isConfiguredAccount({ config }: Project, name: string): boolean {
  return config.accounts.has(name);
}

async function sendingIn(session: Session, scopes: readonly PauseScope[]): Promise<readonly LedgerPayment[]> {
  const { ledger } = session;
  const found: LedgerPayment[] = [];
  for (const [batch, statuses] of await ledger.unpaidBatches()) {
    const record = statuses.has('submitting') ? await ledger.batch(batch) : null;
    if (record === null) continue;
    // What a dead process left is no longer on its way.
    await recoverDead(session, record);
    for await (const page of ledger.payments({ batch, statuses: ['submitting'] })) {
      found.push(
        ...page.filter(({ account }) =>
          scopes.some(({ scope, name }) =>
            scope === 'batch' ? name === batch : name === account || name === ALL_ACCOUNTS,
          ),
        ),
      );
    }
  }
  return found;
}
