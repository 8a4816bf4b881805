import type { CallbackFault } from '../kit/faults.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { interimBody, resultBody, timeoutBody, type DarajaResult } from './results.ts';
import type { BodyFields } from '../kit/fields.ts';
import type { Callback, SimulatorRuntime } from '../kit/runtime.ts';

/** Where a request wants to be answered, and what it was. */
export interface DarajaCallbackAddresses {
  readonly resultUrl: string;
  readonly timeoutUrl: string;
  readonly request: BodyFields;
}

/** A result, and what is firstCallback in its place where something goes wrong. */
export interface DarajaReport {
  readonly right: DarajaResult;
  readonly opposite: DarajaResult;
  readonly forged: DarajaResult;
}

/** One of the addresses that the provider calls from, as a proxy in front of the payer would note it; and anybody else's. */
const OWN_SOURCE = '196.201.214.200';
const STRANGE_SOURCE = '203.0.113.66';

/** Posts callbacks, each once: one that is not taken is lost. */
export class DarajaCallbacks {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: DarajaSimulatorSettings;

  constructor(runtime: SimulatorRuntime, settings: DarajaSimulatorSettings) {
    this.runtime = runtime;
    this.settings = settings;
  }

  /** @returns when the first of them was taken. */
  report(to: DarajaCallbackAddresses, report: DarajaReport, callbackFault: CallbackFault | null): Promise<void> {
    const callbacks = this.callbacksFor(to, report, callbackFault);
    const isPreceded = this.settings.resultTypeFirst && callbacks.length > 0;
    const interim = callbackTo(to.resultUrl, interimBody(report.right, this.settings), OWN_SOURCE);
    return this.send(isPreceded ? [interim, ...callbacks] : callbacks);
  }

  /** Tells `QueueTimeOutURL`; the result is never firstCallback. */
  timeOut(to: DarajaCallbackAddresses, result: DarajaResult): Promise<void> {
    return this.send([callbackTo(to.timeoutUrl, timeoutBody(result, to.request, this.settings), OWN_SOURCE)]);
  }

  private callbacksFor(
    { resultUrl }: DarajaCallbackAddresses,
    { right, opposite, forged }: DarajaReport,
    callbackFault: CallbackFault | null,
  ): readonly Callback[] {
    const own = (result: DarajaResult): Callback =>
      callbackTo(resultUrl, resultBody(result, this.settings), OWN_SOURCE);
    switch (callbackFault) {
      case 'lost':
        return [];
      case null:
      case 'early':
        return [own(right)];
      case 'twice':
        return [own(right), own(right)];
      case 'forged':
        return [callbackTo(resultUrl, resultBody(forged, this.settings), STRANGE_SOURCE), own(right)];
      case 'contradictory':
        return [own(right), own(opposite)];
    }
  }

  private async send([callback, ...rest]: readonly Callback[]): Promise<void> {
    if (callback === undefined) return;
    await this.runtime.post(callback);
    if (rest.length > 0) this.runtime.after(this.settings.callbackDelayMs, () => void this.send(rest));
  }
}

function callbackTo(url: string, body: string, source: string): Callback {
  return { url, headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source }, body };
}
