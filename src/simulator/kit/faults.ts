/** Something that goes wrong with one request. */
export type Fault =
  /** The socket is closed before anything happened. */
  | { readonly kind: 'drop-before-booking' }
  /** The request is served, the money booked, and the answer never comes. */
  | { readonly kind: 'drop-after-booking' }
  /** This status with an empty body, in place of the request's own answer; `booked`: after serving it. */
  | { readonly kind: 'status'; readonly status: number; readonly booked: boolean }
  /** Served, then a body that nobody can read. */
  | { readonly kind: 'unreadable' }
  /** Served, then half of the body that the headers promise. */
  | { readonly kind: 'cut-short' }
  /** Served, then answered late. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Turned away for haste, in the provider's own words; nothing else happens. */
  | { readonly kind: 'throttle' }
  /** Served; something goes wrong with what the provider reports of it later. */
  | { readonly kind: 'callback'; readonly callbackFault: CallbackFault }
  /** Every token issued so far dies, before this request is looked at. */
  | { readonly kind: 'expire-tokens' };

/**
 * `lost`: none comes. `twice`: the same one again, a moment later. `early`: before the answer to the request. `forged`: one that is
 * not authentic (a wrong signature, a wrong id) and says the opposite, then the right one. `contradictory`: the right one, then
 * an authentic one that says the opposite.
 */
export type CallbackFault = 'lost' | 'twice' | 'early' | 'forged' | 'contradictory';

export const callbackFaults: readonly CallbackFault[] = ['lost', 'twice', 'early', 'forged', 'contradictory'];

export type FaultKind = Fault['kind'];

/** What can be known of a request when its fault is decided. */
export interface FaultRequest {
  /** From 1, over all requests to the provider's own routes. */
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

/** A fault that waits for its request: the first ones that it fits, after skipping some. */
export interface FaultRule {
  readonly fault: Fault;
  /** Only requests to this route; without it, payouts only. */
  readonly route?: string;
  readonly reference?: string;
  /** How many fitting requests pass first. Default 0. */
  readonly skip?: number;
  /** How many it strikes then. Default 1. */
  readonly times?: number;
}

/** A list of rules that can grow while the simulator runs. The first rule that fits and has strikes left decides. */
export class FaultScript {
  private waiting: { rule: FaultRule; skip: number; times: number }[] = [];

  add(rules: readonly FaultRule[]): void {
    for (const rule of rules) this.waiting.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  /** Rules that have not struck for the last time, with what is left of them. */
  left(): readonly FaultRule[] {
    return this.waiting.map(({ rule, skip, times }) => ({ ...rule, skip, times }));
  }

  decide(request: FaultRequest): Fault | null {
    for (const held of this.waiting) {
      if (!fits(held.rule, request)) continue;
      if (held.skip > 0) {
        held.skip -= 1;
        continue;
      }
      held.times -= 1;
      if (held.times <= 0) this.waiting = this.waiting.filter((other) => other !== held);
      return held.rule.fault;
    }
    return null;
  }
}

/** Probability of each fault per payout request; together at most 1. */
export type FaultOdds = Partial<Record<FaultName, number>>;

/** A fault as a command line names it. */
export type FaultName = 'drop-before' | 'drop-after' | '500' | '503' | '503-booked' | 'unreadable' | 'cut-short' | 'slow' | 'expire-tokens' | 'throttle' | 'callback-lost' | 'callback-twice' | 'callback-early' | 'callback-forged'; // prettier-ignore

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

/** Strikes payouts at random; with a seeded `random` it strikes the same ordinals every time. */
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

function fits(rule: FaultRule, request: FaultRequest): boolean {
  if (rule.route === undefined ? !request.payout : rule.route !== request.route) return false;
  return rule.reference === undefined || rule.reference === request.reference;
}
