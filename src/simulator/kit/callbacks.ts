import { delivered, type Answer } from './answer.ts';
import type { CallbackFault } from './faults.ts';
import type { Callback, SimulatorRuntime } from './runtime.ts';

/** The right callback of a payment, an authentic one that reports the opposite, and one that is not authentic. */
export interface CallbackVariants<Item> {
  readonly right: Item;
  readonly opposite: Item;
  readonly forged: Item;
}

/** The callbacks that are sent for one payment, in their order, with the fault that is scripted for them. */
export function callbacksWithFault<Item>(
  fault: CallbackFault | null,
  { right, opposite, forged }: CallbackVariants<Item>,
): readonly Item[] {
  switch (fault) {
    case 'lost':
      return [];
    case null:
    case 'early':
      return [right];
    case 'twice':
      return [right, right];
    case 'forged':
      return [forged, right];
    case 'contradictory':
      return [right, opposite];
  }
}

export interface CallbackSchedule {
  /** Between two callbacks. */
  readonly pauseMs: number;
  /** How often a callback is repeated that was not answered with 200. */
  readonly retries: number;
}

/**
 * Sends callbacks one after the other. Resolves when the first one was answered.
 *
 * @param retriesLeft of the first callback; every other one begins with all of its retries.
 */
export async function postInTurn(
  runtime: SimulatorRuntime,
  callbacks: readonly Callback[],
  schedule: CallbackSchedule,
  retriesLeft = schedule.retries,
): Promise<void> {
  const [callback, ...rest] = callbacks;
  if (callback === undefined) return;
  const status = await runtime.post(callback);
  const isRepeated = status !== 200 && retriesLeft > 0;
  const next = isRepeated ? callbacks : rest;
  if (next.length === 0) return;
  const nextRetries = isRepeated ? retriesLeft - 1 : schedule.retries;
  runtime.after(schedule.pauseMs, () => void postInTurn(runtime, next, schedule, nextRetries));
}

/**
 * Runs `end`, which ends a payment and sends its callbacks, after the delay; at once when the callback is to be early.
 *
 * @returns of an early callback, a promise that resolves when the callback was answered; else a resolved promise.
 */
export function endAfter(
  runtime: SimulatorRuntime,
  delayMs: number,
  fault: CallbackFault | null,
  end: () => Promise<void>,
): Promise<void> {
  if (fault === 'early') return end();
  runtime.after(delayMs, () => void end());
  return Promise.resolve();
}

/** The answer to an accepted request; after its first callback when that is to be early. */
export function answerAfter(answer: Answer, fault: CallbackFault | null, firstCallback: Promise<unknown>): Answer {
  return fault === 'early' ? delivered(answer, { kind: 'after', done: firstCallback }) : answer;
}
