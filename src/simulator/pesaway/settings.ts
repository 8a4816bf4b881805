import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** Settings of the simulated PesaWay: each reading of what docs/providers/pesaway.md leaves open is a setting. */
export interface PesawaySimulatorSettings {
  /** Shape of the answer with a token: `access_token` (with `expires_in`), `expires_at`, `data.token`, `data.access_token` or `token`. */
  readonly tokenShape: string;
  /** Whether a query accepts the merchant's `ExternalReference` as well as PesaWay's `TransactionID`. */
  readonly queryByExternalReference: boolean;
  /** Every error has HTTP status 200; only `code` distinguishes it. */
  readonly alwaysHttp200: boolean;
  /** Secret that signs callbacks; empty: PesaWay has not enabled signatures for this merchant. */
  readonly callbackSecret: string;
  /** From the acceptance to the recipient's money and the callback. */
  readonly callbackDelayMs: number;
  /** From a callback to its repetition. */
  readonly repeatDelayMs: number;
  /** `ResultCode` of an unfinished payment in a query: `missing`, `null`, or a number such as `2`. */
  readonly pendingResultCode: string;
  /** Answers of queries and balances stand under `data`, beside `code`. */
  readonly nestedAnswers: boolean;
  /** Name of the field with an error's text: `description`, `message` or `error`. */
  readonly errorText: string;
  /** Where statements are served: `both`, `short` or `mobile-money`; the other path is not found. */
  readonly statementPath: string;
  /** Hours by which the dates of a statement's window are ahead of UTC. */
  readonly statementHours: number;
  /** Whether a statement lists payments that are unfinished or failed, without a receipt. */
  readonly statementShowsOpen: boolean;
  /** Whether amounts beyond mobile 10 to 250,000 KES and bank 100 to 999,999 KES are refused; PesaWay publishes no limits. */
  readonly amountLimits: boolean;
  /** The merchant code of generation 3; empty: any. */
  readonly merchantCode: string;
  /** Channels that are switched off, with commas between them. */
  readonly channelsOff: string;
}

const SIMULATED_PESAWAY_DEFAULTS: PesawaySimulatorSettings = {
  tokenShape: 'access_token',
  queryByExternalReference: true,
  alwaysHttp200: false,
  callbackSecret: 'pesaway-callback-secret',
  callbackDelayMs: 200,
  repeatDelayMs: 2_000,
  pendingResultCode: 'missing',
  nestedAnswers: false,
  errorText: 'description',
  statementPath: 'both',
  statementHours: 3,
  statementShowsOpen: true,
  amountLimits: false,
  merchantCode: '',
  channelsOff: '',
};

export const tokenShapes = ['access_token', 'expires_at', 'data.token', 'data.access_token', 'token'] as const;

export function readSimulatedPesawayPesawaySettings(given: SimulatorSettings): PesawaySimulatorSettings {
  const settings = completeSettings(given, SIMULATED_PESAWAY_DEFAULTS);
  requireWord('tokenShape', settings.tokenShape, tokenShapes);
  requireWord('errorText', settings.errorText, ['description', 'message', 'error']);
  requireWord('statementPath', settings.statementPath, ['both', 'short', 'mobile-money']);
  if (!/^(missing|null|-?\d{1,9})$/.test(settings.pendingResultCode)) {
    throw new Error('the setting pendingResultCode is missing, null or a number');
  }
  return settings;
}
