import type { CallbackFault } from '../kit/faults.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { interimBody, resultBody, timeoutBody, type Result } from './results.ts';
import type { Fields } from '../kit/fields.ts';
import type { Callback, World } from '../kit/world.ts';

/** Where a request wants to be answered, and what it was. */
export interface Addressee {
  readonly resultUrl: string;
  readonly timeoutUrl: string;
  readonly request: Fields;
}

/** A result, and what is told in its place where something goes wrong. */
export interface Report {
  readonly right: Result;
  readonly opposite: Result;
  readonly forged: Result;
}

/** One of the addresses that the provider calls from, as a proxy in front of the payer would note it; and anybody else's. */
const OWN_SOURCE = '196.201.214.200';
const STRANGE_SOURCE = '203.0.113.66';

/** Posts callbacks, each once: one that is not taken is lost. */
export class DarajaMail {
  private readonly world: World;
  private readonly settings: DarajaSimulatorSettings;

  constructor(world: World, settings: DarajaSimulatorSettings) {
    this.world = world;
    this.settings = settings;
  }

  /** @returns when the first of them was taken. */
  report(to: Addressee, report: Report, callbackFault: CallbackFault | null): Promise<void> {
    const letters = this.lettersOf(to, report, callbackFault);
    const isPreceded = this.settings.resultTypeFirst && letters.length > 0;
    const interim = letterOf(to.resultUrl, interimBody(report.right, this.settings), OWN_SOURCE);
    return this.send(isPreceded ? [interim, ...letters] : letters);
  }

  /** Tells `QueueTimeOutURL`; the result is never told. */
  timeOut(to: Addressee, result: Result): Promise<void> {
    return this.send([letterOf(to.timeoutUrl, timeoutBody(result, to.request, this.settings), OWN_SOURCE)]);
  }

  private lettersOf(
    { resultUrl }: Addressee,
    { right, opposite, forged }: Report,
    callbackFault: CallbackFault | null,
  ): readonly Callback[] {
    const own = (result: Result): Callback => letterOf(resultUrl, resultBody(result, this.settings), OWN_SOURCE);
    switch (callbackFault) {
      case 'lost':
        return [];
      case null:
      case 'early':
        return [own(right)];
      case 'twice':
        return [own(right), own(right)];
      case 'forged':
        return [letterOf(resultUrl, resultBody(forged, this.settings), STRANGE_SOURCE), own(right)];
      case 'contradictory':
        return [own(right), own(opposite)];
    }
  }

  private async send([letter, ...rest]: readonly Callback[]): Promise<void> {
    if (letter === undefined) return;
    await this.world.post(letter);
    if (rest.length > 0) this.world.after(this.settings.callbackDelayMs, () => void this.send(rest));
  }
}

function letterOf(url: string, body: string, source: string): Callback {
  return { url, headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source }, body };
}
