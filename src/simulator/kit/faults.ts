/** A fault of one request. */
export type Fault =
  /** The socket is closed before the request is served. */
  | { readonly kind: 'drop-before-booking' }
  /** The request is served and the money booked; the answer is never sent. */
  | { readonly kind: 'drop-after-booking' }
  /** This status with an empty body in place of the answer; `booked`: the request is served first. */
  | { readonly kind: 'status'; readonly status: number; readonly booked: boolean }
  /** Served; the body of the answer is not valid JSON. */
  | { readonly kind: 'unreadable' }
  /** Served; half of the announced body is sent, then the socket is closed. */
  | { readonly kind: 'cut-short' }
  /** Served; the answer is delayed. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Refused with the provider's answer for a broken rate limit; the request is not served. */
  | { readonly kind: 'throttle' }
  /** Served; the callbacks of this request have a fault. */
  | { readonly kind: 'callback'; readonly callbackFault: CallbackFault }
  /** Every token issued so far expires before this request is served. */
  | { readonly kind: 'expire-tokens' };

/**
 * `lost`: no callback is sent. `twice`: the same callback is sent again. `early`: the callback is sent before the answer.
 * `forged`: a callback that is not authentic (a wrong signature or id) reports the opposite, then the right one follows.
 * `contradictory`: the right callback, then an authentic one that reports the opposite.
 */
export type CallbackFault = 'lost' | 'twice' | 'early' | 'forged' | 'contradictory';

export const callbackFaults: readonly CallbackFault[] = ['lost', 'twice', 'early', 'forged', 'contradictory'];

export type FaultKind = Fault['kind'];

/** The request whose fault is decided. */
export interface FaultRequest {
  /** Number of the request over all of the provider's routes, starting at 1. */
  readonly ordinal: number;
  /** Last segment of the path: `sendFundsToMobile`. */
  readonly route: string;
  /** Whether the route moves money. */
  readonly payout: boolean;
  /** Empty where the request carries none. */
  readonly reference: string;
  readonly body: string;
}

/** Decides the fault of every request; null for none. */
export type FaultSource = (request: FaultRequest) => Fault | null;

/** A scripted fault: applies to the first matching requests, after skipping some. */
export interface FaultRule {
  readonly fault: Fault;
  /** Matches only requests to this route. Default: matches every payout. */
  readonly route?: string;
  readonly reference?: string;
  /** How many matching requests pass first. Default 0. */
  readonly skip?: number;
  /** How many matching requests get the fault then. Default 1. */
  readonly times?: number;
}

/** A list of rules that can grow while the simulator runs. The first matching rule that is not used up decides. */
export class FaultScript {
  private waiting: { rule: FaultRule; skip: number; times: number }[] = [];

  add(rules: readonly FaultRule[]): void {
    for (const rule of rules) this.waiting.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  /** Rules that are not used up, with the remaining counts. */
  left(): readonly FaultRule[] {
    return this.waiting.map(({ rule, skip, times }) => ({ ...rule, skip, times }));
  }

  decide(request: FaultRequest): Fault | null {
    for (const item of this.waiting) {
      if (!faultsMatches(item.rule, request)) continue;
      if (item.skip > 0) {
        item.skip -= 1;
        continue;
      }
      item.times -= 1;
      if (item.times <= 0) this.waiting = this.waiting.filter((other) => other !== item);
      return item.rule.fault;
    }
    return null;
  }
}

/** Probability of each fault per payout request; together at most 1. */
export type FaultOdds = Partial<Record<FaultName, number>>;

/** A fault as a command line names it. */
export type FaultName =
  | 'drop-before'
  | 'drop-after'
  | '500'
  | '503'
  | '503-booked'
  | 'unreadable'
  | 'cut-short'
  | 'slow'
  | 'expire-tokens'
  | 'throttle'
  | 'callback-lost'
  | 'callback-twice'
  | 'callback-early'
  | 'callback-forged';

const NAMED: Readonly<Record<FaultName, Fault>> = {
  'drop-before': { kind: 'drop-before-booking' },
  'drop-after': { kind: 'drop-after-booking' },
  '500': { kind: 'status', status: 500, booked: false },
  '503': { kind: 'status', status: 503, booked: false },
  '503-booked': { kind: 'status', status: 503, booked: true },
  unreadable: { kind: 'unreadable' },
  'cut-short': { kind: 'cut-short' },
  slow: { kind: 'slow', delayMs: 2_000 },
  'expire-tokens': { kind: 'expire-tokens' },
  throttle: { kind: 'throttle' },
  'callback-lost': { kind: 'callback', callbackFault: 'lost' },
  'callback-twice': { kind: 'callback', callbackFault: 'twice' },
  'callback-early': { kind: 'callback', callbackFault: 'early' },
  'callback-forged': { kind: 'callback', callbackFault: 'forged' },
};

export const faultNames = Object.keys(NAMED) as readonly FaultName[];

/** Gives payouts random faults. With a seeded `random` the same ordinals get the same faults every time. */
export function randomFaults(odds: FaultOdds, random: () => number): FaultSource {
  return (request) => {
    if (!request.payout) return null;
    let at = random();
    for (const name of faultNames) {
      at -= odds[name] ?? 0;
      if (at < 0) return NAMED[name];
    }
    return null;
  };
}

/** Reads `drop-after=0.05,503=0.01`. */
export function readFaultOdds(text: string): FaultOdds | { readonly problem: string } {
  const odds: FaultOdds = {};
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((piece) => piece.trim());
    const known = faultNames.find((candidate) => candidate === name);
    if (known === undefined) return { problem: `no fault is called "${name}"; known: ${faultNames.join(', ')}` };
    const chance = /^(0(\.\d+)?|1(\.0+)?)$/.test(value) ? Number(value) : NaN;
    if (Number.isNaN(chance)) return { problem: `"${part.trim()}" needs a chance from 0 to 1, as in ${name}=0.05` };
    odds[known] = chance;
  }
  if (Object.values(odds).reduce((sum, chance) => sum + chance, 0) > 1) return { problem: 'the chances exceed 1' };
  return odds;
}

function faultsMatches(rule: FaultRule, request: FaultRequest): boolean {
  if (rule.route === undefined ? !request.payout : rule.route !== request.route) return false;
  return rule.reference === undefined || rule.reference === request.reference;
}
