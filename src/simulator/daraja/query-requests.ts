import { addressRules, fieldText, isMissingOr, isPlain, isShortCode } from './rules.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaInvalidField } from './orders.ts';
import { firstProblem, type BodyFields, type RequestChecks } from '../kit/fields.ts';

/** A query of a payment or a balance. */
export interface DarajaQuery {
  readonly subject: 'status' | 'balance';
  readonly shortCode: string;
  readonly initiator: string;
  readonly credential: string;
  /** Ids of the payment. A status query has at least one of them; both are empty for a balance. */
  readonly originatorId: string;
  readonly receipt: string;
  readonly resultUrl: string;
  readonly timeoutUrl: string;
  readonly request: BodyFields;
}

export const querySubjects: ReadonlyMap<string, DarajaQuery['subject']> = new Map([
  ['mpesa/transactionstatus/v1/query', 'status'],
  ['mpesa/accountbalance/v1/query', 'balance'],
]);

export function readDarajaQuery(
  fields: BodyFields,
  subject: DarajaQuery['subject'],
  settings: DarajaSimulatorSettings,
): DarajaQuery | DarajaInvalidField {
  const text = (name: string): string => fieldText(fields, name);
  const isStatus = subject === 'status';
  const originatorId = isStatus ? text('OriginalConversationID') : '';
  const receipt = isStatus ? text('TransactionID') : '';
  const subjectCheck: RequestChecks[number] = [!isStatus || originatorId !== '' || receipt !== '', 'TransactionID'];
  const broken = firstProblem([
    [text('Initiator') !== '', 'Initiator'],
    [text('SecurityCredential') !== '', 'SecurityCredential'],
    [text('CommandID') === (isStatus ? 'TransactionStatusQuery' : 'AccountBalance'), 'CommandID'],
    subjectCheck,
    [isShortCode(text('PartyA')), 'PartyA'],
    [text('IdentifierType') === '4', 'IdentifierType'],
    [isPlain(text('Remarks'), 1, 100), 'Remarks'],
    ...addressRules(fields, settings),
    [isMissingOr(fields, 'Occasion', (value) => isPlain(value, 1, 100)), 'Occasion'],
  ]);
  if (broken !== null) return { broken };
  return {
    subject,
    shortCode: text('PartyA'),
    initiator: text('Initiator'),
    credential: text('SecurityCredential'),
    originatorId,
    receipt,
    resultUrl: text('ResultURL'),
    timeoutUrl: text('QueueTimeOutURL'),
    request: fields,
  };
}
