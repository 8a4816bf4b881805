import { join } from 'node:path';
import { PayrunError } from '../../domain/problem.ts';
import { isLedgerError } from '../../ledger/errors.ts';
import type { CallbackSpool, Ledger } from '../../ledger/ledger.ts';
import { ledgerPlace, openLedger, openSpool } from '../../ledger/open.ts';
import type { LockOwner } from '../../ledger/records.ts';
import { AccountPool } from './account-pool.ts';
import { SentBatches } from './brakes.ts';
import { CallbackAccounts } from './callback-accounts.ts';
import { lateLedger } from './late-ledger.ts';
import { AccountPlaces } from './place.ts';
import { ClockCheck } from './clock-check.ts';
import { checkPast, checkReports } from './past.ts';
import type { Project } from './project.ts';
import type { System } from './system.ts';
import type { Watch } from './watch.ts';
import { TokenFiles } from './token-files.ts';
import { entryAuthor } from './who.ts';

/** What the caller of an operation hands over. */
export interface OperationContext {
  readonly project: Project;
  readonly system: System;
  readonly watch: Watch;
  /** Aborted to interrupt: what is in flight ends and is recorded, nothing more is sent. */
  readonly signal: AbortSignal;
}

export interface SessionOptions {
  /** Name of the command, for the ledger's entries and for a process that finds an account locked. */
  readonly command: string;
  /** How long the whole command may wait for accounts that another process works. Default: not at all. */
  readonly waitMs?: number;
  /** Whether a ledger is created where there is none. Default: no. */
  readonly createsLedger?: boolean;
  /** Whether the command also works while the ledger cannot be opened: every call of the ledger rejects until then. Default: no. */
  readonly waitsForLedger?: boolean;
  /** Whether a ledger that went back in time is only said, and treated as none: for a command that reads files. Default: no. */
  readonly warnsOfPast?: boolean;
  /** Whether waits for accounts and their limits are noted. Default: yes. */
  readonly notesAccounts?: boolean;
}

interface OpenedLedger {
  readonly ledger: Ledger;
  readonly spool: CallbackSpool;
}

/** What one command has open: the ledger, the accounts that it works, and the callbacks that it receives meanwhile. */
export class Session implements OperationContext {
  readonly project: Project;
  readonly system: System;
  readonly watch: Watch;
  readonly signal: AbortSignal;
  readonly command: string;
  readonly ledger: Ledger;
  readonly callbacks: CallbackAccounts;
  readonly accounts: AccountPool;
  readonly places: AccountPlaces;
  readonly clocks: ClockCheck;
  /** How many payments this command has sent, by batch. */
  readonly sent = new Map<string, number>();
  readonly sentBatches: SentBatches;

  constructor(context: OperationContext, options: SessionOptions, { ledger, spool }: OpenedLedger) {
    const { project, system, watch, signal } = context;
    const { command, waitMs = 0, notesAccounts = true } = options;
    this.project = project;
    this.system = system;
    this.watch = watch;
    this.signal = signal;
    this.command = command;
    this.ledger = ledger;
    this.sentBatches = new SentBatches(system.clock);
    const note = (text: string): void => watch.note(text);
    this.places = new AccountPlaces(project);
    const fault = watch.fault.bind(watch);
    this.callbacks = new CallbackAccounts({ project, system, ledger, spool, by: this.by, note, fault });
    const notices = { notice: watch.notice.bind(watch), inOrder: watch.inOrder.bind(watch) };
    this.clocks = new ClockCheck({ clock: system.clock, ledger, ...notices });
    this.accounts = new AccountPool({
      clocks: this.clocks,
      project,
      system,
      ledger,
      callbacks: this.callbacks,
      tokenStore: new TokenFiles({ folder: join(project.config.state, 'tokens'), ...system }),
      places: this.places,
      owner: () => this.lockOwner,
      waitMs,
      signal,
      note: notesAccounts ? note : () => undefined,
    });
  }

  /** Who is named in the ledger's entries. */
  get by(): string {
    return entryAuthor(this.system.who, this.command);
  }

  /** Who is named to other processes that want a locked account. */
  get lockOwner(): LockOwner {
    const { who, clock } = this.system;
    return { command: this.command, pid: who.pid, host: who.host, at: clock.now() };
  }

  /** Notes that a payment of a batch was sent. */
  noteSent(batch: string): void {
    this.sent.set(batch, (this.sent.get(batch) ?? 0) + 1);
  }

  async close(): Promise<void> {
    // The accounts first: nothing that a stranger does at the listener may keep the next run from paying.
    await this.accounts.closeOpened();
    await this.accounts.releaseLocks();
    await this.callbacks.close();
    await this.clocks.close();
    await this.ledger.close();
  }
}

/** Opens the ledger and runs `work`; closes whatever was opened, also after an error. Throws {@link PayrunError} 2 without a ledger. */
export function withSession<T>(
  context: OperationContext,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withSessionIfLedger(context, options, (session) => {
    if (session !== null) return work(session);
    const { config } = context.project;
    throw new PayrunError(
      2,
      'ledger-missing',
      `There is no ledger at ${ledgerPlace(config.ledger)} yet: nothing was run from ${config.file}.`,
    );
  });
}

/** As {@link withSession}, with null where there is no ledger. */
export async function withSessionIfLedger<T>(
  context: OperationContext,
  options: SessionOptions,
  work: (session: Session | null) => Promise<T>,
): Promise<T> {
  const create = options.createsLedger === true;
  const { system, watch } = context;
  const open = (): Promise<Ledger> => openChecked(context, create);
  const ledger = await open().catch((error: unknown) => {
    if (!isLedgerError(error)) throw error;
    if (error.fault === 'missing') return null;
    if (error.fault === 'behind' && options.warnsOfPast === true) {
      watch.note(`Warning: ${error.message}`);
      return null;
    }
    if (options.waitsForLedger !== true || error.fault === 'behind') throw error;
    watch.fail(error.message);
    return lateLedger(open, system.clock);
  });
  if (ledger === null) return work(null);
  const session = new Session(context, options, { ledger, spool: await openSpool(context.project.config.ledger) });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Opens the ledger and checks that reports and configuration are of it. No ledger is made beside the reports of another. */
async function openChecked({ project, watch }: OperationContext, create: boolean): Promise<Ledger> {
  const { config } = project;
  const warn = (text: string): void => watch.note(`Warning: ${text}`);
  const options = { url: config.ledger, stateFolder: config.state, warn };
  const existing = await openLedger({ ...options, create: false }).catch(async (error: unknown) => {
    if (!isLedgerError(error) || error.fault !== 'missing') throw error;
    await checkReports(config, new Set());
    if (!create) throw error;
    return null;
  });
  const ledger = existing ?? (await openLedger({ ...options, create }));
  try {
    await checkPast(config, ledger, { records: create });
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}
