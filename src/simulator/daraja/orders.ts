import { addressRules, fieldText, isMissingOr, isPhone, isPlain, isShortCode, shillingsOf } from './rules.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import { firstProblem, type BodyFields } from '../kit/fields.ts';

/** B2Pochi is B2C with another command; B2B has other fields, pays from another account and checks no duplicates. */
export type DarajaProduct = 'b2c' | 'pochi' | 'b2b';

/** A payout as a request describes it, read by the rules of its product. */
export interface DarajaOrder {
  readonly product: DarajaProduct;
  readonly kind: 'mobile' | 'paybill' | 'till';
  /** Of the payer. */
  readonly shortCode: string;
  /** As the book has it. */
  readonly destination: string;
  readonly partyB: string;
  readonly amountMinor: bigint;
  /** The `OriginatorConversationID` of the request; B2B ignores it. */
  readonly reference: string;
  readonly accountReference: string;
  readonly narrative: string;
  readonly initiator: string;
  readonly credential: string;
  readonly resultUrl: string;
  readonly timeoutUrl: string;
  /** The whole request; time-out notices can repeat it. */
  readonly request: BodyFields;
}

/** The first invalid field of a refused request. */
export interface DarajaInvalidField {
  readonly broken: string;
}

export const payoutProducts: ReadonlyMap<string, DarajaProduct> = new Map([
  ['mpesa/b2c/v3/paymentrequest', 'b2c'],
  ['mpesa/b2pochi/v1/paymentrequest', 'pochi'],
  ['mpesa/b2b/v1/paymentrequest', 'b2b'],
]);

const SIMULATED_DARAJA_COMMANDS: Readonly<Record<DarajaProduct, readonly string[]>> = {
  b2c: ['BusinessPayment', 'SalaryPayment', 'PromotionPayment'],
  pochi: ['BusinessPayToPochi'],
  b2b: ['BusinessPayBill', 'BusinessBuyGoods', 'BusinessPayToBulk'],
};

export function readDarajaOrder(
  fields: BodyFields,
  product: DarajaProduct,
  settings: DarajaSimulatorSettings,
): DarajaOrder | DarajaInvalidField {
  return product === 'b2b' ? readB2b(fields, settings) : readB2c(fields, product, settings);
}

function readB2c(
  fields: BodyFields,
  product: 'b2c' | 'pochi',
  settings: DarajaSimulatorSettings,
): DarajaOrder | DarajaInvalidField {
  const text = (name: string): string => fieldText(fields, name);
  const amountMinor = shillingsOf(text('Amount'));
  const broken = firstProblem([
    [/^[A-Za-z0-9_-]{1,36}$/.test(text('OriginatorConversationID')), 'OriginatorConversationID'],
    [text('InitiatorName') !== '', 'InitiatorName'],
    [text('SecurityCredential') !== '', 'SecurityCredential'],
    [SIMULATED_DARAJA_COMMANDS[product].includes(text('CommandID')), 'CommandID'],
    [amountMinor !== null, 'Amount'],
    [isShortCode(text('PartyA')), 'PartyA'],
    [isPhone(text('PartyB')), 'PartyB'],
    [isPlain(text('Remarks'), 2, 100), 'Remarks'],
    ...addressRules(fields, settings),
    [isMissingOr(fields, 'Occassion', (value) => isPlain(value, 1, 100)), 'Occassion'],
  ]);
  if (broken !== null || amountMinor === null) return { broken: broken ?? 'Amount' };
  const partyB = text('PartyB');
  return {
    ...common(fields, product),
    kind: 'mobile',
    destination: `+${partyB}`,
    amountMinor,
    accountReference: '',
    initiator: text('InitiatorName'),
  };
}

function readB2b(fields: BodyFields, settings: DarajaSimulatorSettings): DarajaOrder | DarajaInvalidField {
  const text = (name: string): string => fieldText(fields, name);
  const command = text('CommandID');
  const kind = command === 'BusinessBuyGoods' ? 'till' : 'paybill';
  const amountMinor = shillingsOf(text('Amount'));
  const accountReference = text('AccountReference');
  const isAccountNeeded = command === 'BusinessPayBill';
  const broken = firstProblem([
    // B2C calls this field `InitiatorName`.
    [text('Initiator') !== '', 'Initiator'],
    [text('SecurityCredential') !== '', 'SecurityCredential'],
    [SIMULATED_DARAJA_COMMANDS.b2b.includes(command), 'CommandID'],
    [text('SenderIdentifierType') === '4', 'SenderIdentifierType'],
    // The API spells the field so.
    [text('RecieverIdentifierType') === (kind === 'till' ? settings.tillIdentifier : '4'), 'RecieverIdentifierType'],
    [amountMinor !== null, 'Amount'],
    [isShortCode(text('PartyA')), 'PartyA'],
    [isShortCode(text('PartyB')), 'PartyB'],
    [
      isAccountNeeded ? isAccount(accountReference) : isMissingOr(fields, 'AccountReference', isAccount),
      'AccountReference',
    ],
    [isMissingOr(fields, 'Requester', isPhone), 'Requester'],
    [isPlain(text('Remarks'), 1, 100), 'Remarks'],
    ...addressRules(fields, settings),
    [isMissingOr(fields, 'Occassion', (value) => isPlain(value, 1, 100)), 'Occassion'],
  ]);
  if (broken !== null || amountMinor === null) return { broken: broken ?? 'Amount' };
  const partyB = text('PartyB');
  const destination = isAccountNeeded ? `${partyB}/${accountReference}` : partyB;
  return { ...common(fields, 'b2b'), kind, destination, amountMinor, accountReference, initiator: text('Initiator') };
}

function common(fields: BodyFields, product: DarajaProduct) {
  return {
    product,
    shortCode: fieldText(fields, 'PartyA'),
    partyB: fieldText(fields, 'PartyB'),
    reference: fieldText(fields, 'OriginatorConversationID'),
    narrative: fieldText(fields, 'Remarks'),
    credential: fieldText(fields, 'SecurityCredential'),
    resultUrl: fieldText(fields, 'ResultURL'),
    timeoutUrl: fieldText(fields, 'QueueTimeOutURL'),
    request: fields,
  };
}

function isAccount(text: string): boolean {
  return text.trim() !== '' && text.length <= 13;
}
