import { canHideMoney } from './codes.ts';
import { canHidePayment, isAnswerName } from './scripted-answers.ts';
import { centsOf } from '../kit/decimal.ts';
import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** Settings of the simulated Daraja: how an organisation is set up, and each reading of what docs/providers/daraja.md leaves open. */
export interface DarajaSimulatorSettings {
  /** Whether `expires_in` is a text, as in older docs, or a number. */
  readonly expiresInText: boolean;
  /** Whether a new token of an app ends its older ones. */
  readonly newTokenKillsOld: boolean;
  /** Error code for an expired token: `404.001.03`, `401.002.01` or `400.003.01`, each with its own status. */
  readonly tokenRefusalCode: string;
  readonly initiatorName: string;
  readonly initiatorPassword: string;
  /** How many wrong credentials are answered 2001; after them every request is answered 8006 until the simulator is restarted. */
  readonly wrongCredentialLimit: number;
  /** Roles that the initiator lacks, with commas between them, of `b2c`, `b2b`, `status` and `balance`: 21. */
  readonly rolesMissing: string;
  /** From the acceptance of a payment to its end and callback, and between two callbacks. */
  readonly callbackDelayMs: number;
  /** From the acceptance of a query to its answer; negative: as `callbackDelayMs`. Queries find payments that take longer in progress. */
  readonly queryDelayMs: number;
  /** Production: callback addresses must be HTTPS. */
  readonly requireHttps: boolean;
  /** How long after its acceptance a payment is not found by queries. */
  readonly visibilityLagMs: number;
  /** `ResultCode` and `ResultType` of callbacks as texts. */
  readonly stringCodes: boolean;
  /** Amounts in callbacks as texts with two decimals. */
  readonly textAmounts: boolean;
  /** Results have only their first parameter, as an object in place of a list. */
  readonly singleObjectParameters: boolean;
  /** Query results spell two keys in another way that was observed: `FinalizedTime`, `Conversation ID`. */
  readonly oddKeys: boolean;
  /** Every result is preceded by one of `ResultType` 1, which is not final. */
  readonly resultTypeFirst: boolean;
  /** Content of a time-out notice: the fields of the `request`, or a `result` envelope. */
  readonly timeoutShape: string;
  /** How an acceptance writes `ResponseCode` zero: `text`, `number` or `zeros` (`00000000`). */
  readonly acceptanceCode: string;
  /** Refusal of too many requests: `error` (of the API), `fault` (of the gateway) or `429` (without a body). */
  readonly throttleShape: string;
  /** Starting balances of the two accounts of a short code, decimals; empty: the simulator's starting balance. */
  readonly utilityBalance: string;
  readonly workingBalance: string;
  /** The accepted `RecieverIdentifierType` of tills: 4, or 2 as in one SDK. */
  readonly tillIdentifier: string;
  /** Status words in queries of payments in progress, and of failed ones. */
  readonly openStatus: string;
  readonly failedStatus: string;
  /**
   * Answer to valid payouts: `own` (the true one), or one of `drop`, `502`, `503`, `504`, `html` (200), `empty` (200),
   * `soap`, `403`, `429`, `no-product`, `500.001.1001`, `500.003.1001`, `500.002.1001`, `maintenance`, or `ResponseCode:26` and the like.
   */
  readonly answerAs: string;
  /** How many payouts get that answer; 0: all. */
  readonly answerTimes: number;
  /** Result code of valid payouts; empty: the true one. */
  readonly resultAs: string;
  /** What really happened to a payout with `answerAs` or `resultAs`: `paid`, `declined` (accepted, failed later) or `absent` (not received). */
  readonly actualOutcome: string;
  /** Callbacks of queries and balances: `own` (the true one), `lost`, `timeout`, or a result code. */
  readonly queryAs: string;
  /** How many queries get that; 0: all. */
  readonly queryTimes: number;
}

const SIMULATED_DARAJA_DEFAULTS: DarajaSimulatorSettings = {
  expiresInText: true,
  newTokenKillsOld: true,
  tokenRefusalCode: '404.001.03',
  initiatorName: 'simulatorapi',
  initiatorPassword: 'Simulator#2026%Pass',
  wrongCredentialLimit: 3,
  rolesMissing: '',
  callbackDelayMs: 50,
  queryDelayMs: -1,
  requireHttps: false,
  visibilityLagMs: 0,
  stringCodes: false,
  textAmounts: false,
  singleObjectParameters: false,
  oddKeys: false,
  resultTypeFirst: false,
  timeoutShape: 'request',
  acceptanceCode: 'text',
  throttleShape: 'error',
  utilityBalance: '',
  workingBalance: '',
  tillIdentifier: '4',
  openStatus: 'Authorized',
  failedStatus: 'Declined',
  answerAs: 'own',
  answerTimes: 0,
  resultAs: '',
  actualOutcome: 'absent',
  queryAs: 'own',
  queryTimes: 0,
};

/** Throws for an unknown value, and for a paid payout behind an answer that proves that no money moved. */
export function readSimulatedDarajaDarajaSettings(fieldText: SimulatorSettings): DarajaSimulatorSettings {
  const settings = completeSettings(fieldText, SIMULATED_DARAJA_DEFAULTS);
  requireWord('tokenRefusalCode', settings.tokenRefusalCode, ['404.001.03', '401.002.01', '400.003.01']);
  requireWord('timeoutShape', settings.timeoutShape, ['request', 'result']);
  requireWord('acceptanceCode', settings.acceptanceCode, ['text', 'number', 'zeros']);
  requireWord('throttleShape', settings.throttleShape, ['error', 'fault', '429']);
  requireWord('tillIdentifier', settings.tillIdentifier, ['4', '2']);
  requireWord('actualOutcome', settings.actualOutcome, ['paid', 'declined', 'absent']);
  requireWord('failedStatus', settings.failedStatus, ['Declined', 'Cancelled', 'Expired']);
  for (const name of ['utilityBalance', 'workingBalance'] as const) {
    if (settings[name] !== '' && centsOf(settings[name]) === null)
      throw new Error(`the setting ${name} is a decimal text`);
  }
  const { answerAs, resultAs, queryAs, actualOutcome } = settings;
  if (answerAs !== 'own' && !isAnswerName(answerAs)) throw new Error(`the setting answerAs knows no ${answerAs}`);
  if (!/^\w*$/.test(resultAs)) throw new Error('the setting resultAs is a result code');
  if (!/^\w+$/.test(queryAs)) throw new Error('the setting queryAs is own, lost, timeout or a result code');
  const isProof = (answerAs !== 'own' && !canHidePayment(answerAs)) || (resultAs !== '' && !canHideMoney(resultAs));
  if (actualOutcome !== 'absent' && isProof)
    throw new Error(`the setting actualOutcome cannot be ${actualOutcome}: the answer proves otherwise`);
  return settings;
}
