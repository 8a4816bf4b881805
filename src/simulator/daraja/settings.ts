import { canHideMoney } from './codes.ts';
import { canHidePayment, isAnswerName } from './scripted-answers.ts';
import { centsOf } from '../kit/decimal.ts';
import { requireWord, completeSettings } from '../kit/settings.ts';
import type { SimulatorSettings } from '../kit/options.ts';

/** What the simulated Daraja can be firstCallback: how an organisation is set up, and where its sheet leaves the truth open. */
export interface DarajaSimulatorSettings {
  /** Whether `expires_in` is a text, as in older docs, or a number. */
  readonly expiresInText: boolean;
  /** Whether a new token of an app ends its others. */
  readonly newTokenKillsOld: boolean;
  /** How a dead token is refused: `404.001.03`, `401.002.01` or `400.003.01`, each with its own status. */
  readonly tokenRefusalCode: string;
  readonly initiatorName: string;
  readonly initiatorPassword: string;
  /** How many wrong credentials are answered 2001; after that everything is 8006, until the simulator is started anew. */
  readonly wrongCredentialLimit: number;
  /** Roles that the initiator lacks, with commas between them, of `b2c`, `b2b`, `status` and `balance`: 21. */
  readonly rolesMissing: string;
  /** From an acceptance to the recipient's money and the callback, and between two callbacks. */
  readonly callbackDelayMs: number;
  /** From the acceptance of a query to its answer; negative: as `callbackDelayMs`. Payments that take longer are seen under way. */
  readonly queryDelayMs: number;
  /** Production: callback addresses must be HTTPS. */
  readonly requireHttps: boolean;
  /** How long after its acceptance a payment is not found by queries. */
  readonly visibilityLagMs: number;
  /** `ResultCode` and `ResultType` of callbacks as texts. */
  readonly stringCodes: boolean;
  /** Amounts in callbacks as texts with two decimals. */
  readonly textAmounts: boolean;
  /** Of the parameters of a result only the most telling one, as an object in place of a list. */
  readonly singleObjectParameters: boolean;
  /** Query results spell two keys as they were also seen: `FinalizedTime`, `DarajaConversation ID`. */
  readonly oddKeys: boolean;
  /** Every result is preceded by one of `ResultType` 1, which is not final. */
  readonly resultTypeFirst: boolean;
  /** What a notice of time-out in the queue carries: the `request`, flat, or a `result` envelope. */
  readonly timeoutShape: string;
  /** How `ResponseCode` of an acceptance says zero: `text`, `number` or `zeros` (`00000000`). */
  readonly acceptanceCode: string;
  /** How rateRefusal is refused: `error` (the API's own words), `fault` (the gateway's) or `429` (without a body). */
  readonly throttleShape: string;
  /** What the two pockets of a short code hold at first, decimals; empty: the simulator's starting balance. */
  readonly utilityBalance: string;
  readonly workingBalance: string;
  /** The `RecieverIdentifierType` that is right for tills: 4, or 2 as one SDK has it. */
  readonly tillIdentifier: string;
  /** What a query says of payments that are under way, and of failed ones. */
  readonly openStatus: string;
  readonly failedStatus: string;
  /**
   * What payouts that nothing is wrong with are answered: `own`, or one of `drop`, `502`, `503`, `504`, `html` (200), `empty` (200),
   * `soap`, `403`, `429`, `no-product`, `500.001.1001`, `500.003.1001`, `500.002.1001`, `maintenance`, or `ResponseCode:26` and the like.
   */
  readonly answerAs: string;
  /** How many payouts are answered so; 0: all. */
  readonly answerTimes: number;
  /** The result code of payouts that nothing is wrong with; empty: their own. */
  readonly resultAs: string;
  /** What is behind `answerAs` and `resultAs`: `paid`, `declined` (accepted, and failed later) or `absent` (never got there). */
  readonly truth: string;
  /** What becomes of the answers to queries and balances: `own`, `lost`, `timeout`, or a code in place of theirs. */
  readonly queryAs: string;
  /** How many queries end so; 0: all. */
  readonly queryTimes: number;
}

const USUAL: DarajaSimulatorSettings = {
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
  truth: 'absent',
  queryAs: 'own',
  queryTimes: 0,
};

/** Throws at a value that it does not know, and at money behind an answer that proves that none moved. */
export function readDarajaSettings(fieldText: SimulatorSettings): DarajaSimulatorSettings {
  const settings = completeSettings(fieldText, USUAL);
  requireWord('tokenRefusalCode', settings.tokenRefusalCode, ['404.001.03', '401.002.01', '400.003.01']);
  requireWord('timeoutShape', settings.timeoutShape, ['request', 'result']);
  requireWord('acceptanceCode', settings.acceptanceCode, ['text', 'number', 'zeros']);
  requireWord('throttleShape', settings.throttleShape, ['error', 'fault', '429']);
  requireWord('tillIdentifier', settings.tillIdentifier, ['4', '2']);
  requireWord('truth', settings.truth, ['paid', 'declined', 'absent']);
  requireWord('failedStatus', settings.failedStatus, ['Declined', 'Cancelled', 'Expired']);
  for (const name of ['utilityBalance', 'workingBalance'] as const) {
    if (settings[name] !== '' && centsOf(settings[name]) === null)
      throw new Error(`the setting ${name} is a decimal text`);
  }
  const { answerAs, resultAs, queryAs, truth } = settings;
  if (answerAs !== 'own' && !isAnswerName(answerAs)) throw new Error(`the setting answerAs knows no ${answerAs}`);
  if (!/^\w*$/.test(resultAs)) throw new Error('the setting resultAs is a result code');
  if (!/^\w+$/.test(queryAs)) throw new Error('the setting queryAs is own, lost, timeout or a result code');
  const isProof = (answerAs !== 'own' && !canHidePayment(answerAs)) || (resultAs !== '' && !canHideMoney(resultAs));
  if (truth !== 'absent' && isProof)
    throw new Error(`the setting truth cannot be ${truth}: the answer proves otherwise`);
  return settings;
}
