import { callbacksWithFault, postInTurn, type CallbackVariants } from '../kit/callbacks.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { interimBody, resultBody, timeoutBody, type DarajaResult } from './results.ts';
import type { BodyFields } from '../kit/fields.ts';
import type { Callback, SimulatorRuntime } from '../kit/runtime.ts';

/** The callback addresses of a request, and the request itself. */
export interface DarajaCallbackAddresses {
  readonly resultUrl: string;
  readonly timeoutUrl: string;
  readonly request: BodyFields;
}

/** Callers as a proxy in front of the payer notes them: one of the provider's addresses, and an address of someone else. */
const OWN_SOURCE = '196.201.214.200';
const FOREIGN_SOURCE = '203.0.113.66';

/** Sends callbacks, each once: a callback that is not acknowledged is lost. */
export class DarajaCallbackSender {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: DarajaSimulatorSettings;

  constructor(runtime: SimulatorRuntime, settings: DarajaSimulatorSettings) {
    this.runtime = runtime;
    this.settings = settings;
  }

  /** Sends the result of a request. Resolves when the first callback was answered. */
  report(
    to: DarajaCallbackAddresses,
    report: CallbackVariants<DarajaResult>,
    callbackFault: CallbackFault | null,
  ): Promise<void> {
    const callbacks = this.callbacksFor(to, report, callbackFault);
    const isPreceded = this.settings.resultTypeFirst && callbacks.length > 0;
    const interim = darajaCallbackTo(to.resultUrl, interimBody(report.right, this.settings), OWN_SOURCE);
    return this.send(isPreceded ? [interim, ...callbacks] : callbacks);
  }

  /** Sends the time-out notice to `QueueTimeOutURL`; the result is never sent. */
  timeOut(to: DarajaCallbackAddresses, result: DarajaResult): Promise<void> {
    return this.send([darajaCallbackTo(to.timeoutUrl, timeoutBody(result, to.request, this.settings), OWN_SOURCE)]);
  }

  private callbacksFor(
    { resultUrl }: DarajaCallbackAddresses,
    { right, opposite, forged }: CallbackVariants<DarajaResult>,
    callbackFault: CallbackFault | null,
  ): readonly Callback[] {
    const own = (result: DarajaResult): Callback =>
      darajaCallbackTo(resultUrl, resultBody(result, this.settings), OWN_SOURCE);
    const forgedCallback = darajaCallbackTo(resultUrl, resultBody(forged, this.settings), FOREIGN_SOURCE);
    return callbacksWithFault(callbackFault, { right: own(right), opposite: own(opposite), forged: forgedCallback });
  }

  private send(callbacks: readonly Callback[]): Promise<void> {
    return postInTurn(this.runtime, callbacks, { pauseMs: this.settings.callbackDelayMs, retries: 0 });
  }
}

function darajaCallbackTo(url: string, body: string, source: string): Callback {
  return { url, headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source }, body };
}
