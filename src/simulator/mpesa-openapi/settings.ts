import { centsOf } from '../kit/decimal.ts';
import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** Settings of the simulated M-Pesa OpenAPI: how an application is set up, and each reading of what docs/providers/mpesa-openapi.md leaves open. */
export interface MpesaOpenApiSimulatorSettings {
  /** From the creation of a session until calls accept it. */
  readonly activationDelayMs: number;
  /** Lifetime of a session from its creation; 0: as the simulator's tokens. */
  readonly sessionMs: number;
  /** Whether a new session of an application ends its others. */
  readonly newSessionEndsOld: boolean;
  /** How many requests for a session fail with `INS-989` first. */
  readonly sessionFailures: number;
  /** HTTP status, without a code, of calls whose session or API key is not valid: 401 or 403. */
  readonly sessionRefusalStatus: number;
  /** The trusted source of the application; empty: no source is configured and none is checked. */
  readonly requireOrigin: string;
  /** The short code of the organisation; empty: any. */
  readonly shortCode: string;
  /** Whether the organisation is asynchronous: acceptances without a transaction id, then callbacks. */
  readonly async: boolean;
  /** Result of asynchronous payments: `INS-0`, or the code with which they fail. */
  readonly asyncResult: string;
  /** How an acceptance without a transaction id writes the field: `absent`, `empty` or `N/A`. */
  readonly acceptedTransactionId: string;
  /** Address for callbacks, which no request carries. Empty: no callbacks are sent. */
  readonly callbackUrl: string;
  /** From the acceptance of a payment to its end and callback, and between two callbacks. */
  readonly callbackDelayMs: number;
  /** How often a callback is repeated that was not acknowledged with 200. */
  readonly callbackRetries: number;
  /** Whether queries are only accepted, and answered by callback. */
  readonly asyncQuery: boolean;
  /** How long queries do not find an existing payment. */
  readonly visibilityLagMs: number;
  /** Code of a query that finds nothing: `INS-23` or `INS-6140`. */
  readonly notFoundCode: string;
  /** Status words of unfinished and of failed payments. */
  readonly pendingStatus: string;
  readonly failedStatus: string;
  /** From the booking of a payment until queries report it as reversed; negative: never. */
  readonly reversedAfterMs: number;
  /** Answer to valid payouts: `own` (the true one), `drop`, `html` (a 502), or a code such as `INS-9`. */
  readonly answerAs: string;
  /** How many payouts get that answer; 0: all. */
  readonly answerTimes: number;
  /** Whether a payout with an uncertain answer (of `answerAs` and of the sandbox's magic values) was `paid` or `not-paid`. */
  readonly actualOutcome: string;
  /** Limits of one session, counted from zero with every session: payments (0: none), their sum as a decimal, hours of the day in UTC as `6-18`. */
  readonly sessionCount: number;
  readonly sessionValue: string;
  readonly sessionHours: string;
  /** Largest single payment, a decimal; empty: any. */
  readonly singleMax: string;
  /** Whether amounts with decimals are refused [assumed for Tanzania]. */
  readonly wholeAmounts: boolean;
}

const SIMULATED_MPESA_OPENAPI_DEFAULTS: MpesaOpenApiSimulatorSettings = {
  activationDelayMs: 30_000,
  sessionMs: 0,
  newSessionEndsOld: false,
  sessionFailures: 0,
  sessionRefusalStatus: 401,
  requireOrigin: '',
  shortCode: '',
  async: false,
  asyncResult: 'INS-0',
  acceptedTransactionId: 'absent',
  callbackUrl: '',
  callbackDelayMs: 200,
  callbackRetries: 0,
  asyncQuery: false,
  visibilityLagMs: 0,
  notFoundCode: 'INS-23',
  pendingStatus: 'Pending',
  failedStatus: 'Failed',
  reversedAfterMs: -1,
  answerAs: 'own',
  answerTimes: 0,
  actualOutcome: 'paid',
  sessionCount: 0,
  sessionValue: '',
  sessionHours: '',
  singleMax: '',
  wholeAmounts: false,
};

export function readMpesaOpenApiSettings(given: SimulatorSettings): MpesaOpenApiSimulatorSettings {
  const settings = completeSettings(given, SIMULATED_MPESA_OPENAPI_DEFAULTS);
  requireWord('acceptedTransactionId', settings.acceptedTransactionId, ['absent', 'empty', 'N/A']);
  requireWord('notFoundCode', settings.notFoundCode, ['INS-23', 'INS-6140']);
  requireWord('actualOutcome', settings.actualOutcome, ['paid', 'not-paid']);
  if (!/^(own|drop|html|INS-[1-9]\d{0,4})$/.test(settings.answerAs))
    throw new Error('the setting answerAs is own, drop, html or a code');
  if (!/^INS-\d{1,5}$/.test(settings.asyncResult)) throw new Error('the setting asyncResult is a code');
  if (!/^(\d{1,2}-\d{1,2})?$/.test(settings.sessionHours))
    throw new Error('the setting sessionHours is hours, as 6-18');
  for (const name of ['sessionValue', 'singleMax'] as const) {
    if (settings[name] !== '' && centsOf(settings[name]) === null)
      throw new Error(`the setting ${name} is a decimal text`);
  }
  return settings;
}
