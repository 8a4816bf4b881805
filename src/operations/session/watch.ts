import type { PayrunError, Problem } from '../../domain/problem.ts';
import type { Notice } from './notices.ts';
import type { Plan } from '../../plan/plan.ts';
import type { DisplayedPayment } from '../displayed-payment.ts';
import type { PayDuration, RunProgress } from './run-progress.ts';

/** What a command reports while it works, and the questions that it asks. Without a user: {@link SILENT}. */
export interface Watch {
  /** A sentence for the user, left out where messages are not wanted. */
  note(text: string): void;
  /** What a person should put right about the installation; the topic's last notice is no news any more where `state` is the same. */
  notice(notice: Notice): void;
  /** Nothing is wrong, or wrong any more, about a topic in this state. */
  inOrder(about: Pick<Notice, 'topic' | 'state'>): void;
  /** What keeps an account from working, and what follows here. The fault is told once, however much follows from it. */
  fault(error: PayrunError, then: string): void;
  /** A sentence that the user must see, whatever is kept quiet. */
  fail(text: string): void;
  /** Called with the warnings of a batch before its first payment. @param all path of the file that has all of them, or null. */
  warned(warnings: readonly Problem[], all: string | null): void;
  /** Called before the first payment of a batch; false: nothing of it is sent. */
  confirm(plan: Plan, about: PlanQuestion): Promise<boolean>;
  /** Asks for a yes or no about something that is not a plan; true where there is no terminal, or the user agreed beforehand. */
  agree(question: string): Promise<boolean>;
  /** Shows what became of the first payments of a batch and asks whether the others may go; null: there is no terminal to ask at. */
  readonly release: ((question: ReleaseQuestion) => Promise<boolean>) | null;
  /** Asks for a line of text; null where there is no terminal. */
  askText(question: string): Promise<string | null>;
  /**
   * Called when something begins that takes its time. The source says at any moment how far it is; the returned function is called
   * when it has ended.
   */
  follow(source: () => RunProgress): () => void;
}

export interface PlanQuestion {
  /** Accounts of the plan that move real money; empty for a simulation. */
  readonly liveAccounts: readonly string[];
  /** About how long it takes to send all of it; null where that is not known. */
  readonly duration: PayDuration | null;
}

export interface ReleaseQuestion {
  /** What became of the first payments, and how many wait. */
  readonly text: string;
  readonly waiting: number;
  /** The payments of the batch that need somebody. */
  readonly rows: readonly DisplayedPayment[];
}

export const SILENT: Watch = {
  note: () => undefined,
  notice: () => undefined,
  inOrder: () => undefined,
  fault: () => undefined,
  fail: () => undefined,
  warned: () => undefined,
  confirm: () => Promise.resolve(true),
  agree: () => Promise.resolve(true),
  release: null,
  askText: () => Promise.resolve(null),
  follow: () => () => undefined,
};
