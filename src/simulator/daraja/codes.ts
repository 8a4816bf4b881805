/** Result codes with their descriptions. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  0: 'The service request is processed successfully.',
  1: 'The balance is insufficient for the transaction.',
  2: 'Declined due to limit rule: less than the minimum transaction amount.',
  3: 'Declined due to limit rule: greater than the maximum transaction amount.',
  4: 'Declined due to limit rule: would exceed the daily transfer limit.',
  8: 'Declined due to limit rule: would exceed the maximum balance.',
  11: 'The debit party is in an invalid state.',
  15: 'Duplicate detected.',
  17: 'System internal error.',
  18: 'The initiator credential check failed.',
  20: 'Unresolved initiator.',
  21: 'The initiator is not allowed to initiate this request.',
  26: 'System busy. The service request is rejected.',
  2001: 'The initiator information is invalid.',
  2006: 'Declined due to account rule: the account status does not allow this transaction.',
  2028: 'The request is not permitted according to product assignment.',
  2032: 'The receipt number does not exist.',
  2033: 'There is no receipt number for the OriginatorConversationID or ConversationID.',
  2040: 'Credit party customer type (unregistered or registered customer) cannot be supported by the service.',
  8006: 'The security credential is locked.',
  SFC_IC0003: 'The operator does not exist.',
  100000000: 'The request was cached and is waiting to be resent.',
  100000001: 'The system is overloaded.',
  100000002: 'Throttling error.',
};

/** Result codes that prove that no money moved. Of every other code but 0 the documentation does not say so. */
const NEVER_PAID = new Set([
  '1', '2', '3', '4', '5', '6', '7', '8', '11', '12', '13', '14', '18', '20', '21', '22', '24', '25', '26', '29',
  '1005', '2001', '2006', '2007', '2020', '2028', '2040', '2043', '2051', '2202', '8006', 'SFC_IC0003',
  '100000001', '100000002', '100000011',
]); // prettier-ignore

/** A request that is refused at intake with one of these codes was not read: its id can be used again. */
const SIMULATED_DARAJA_BUSY = new Set(['26', '100000001', '100000002', '100000011']);

export function darajaDescriptionOf(code: string): string {
  return DESCRIPTIONS[code] ?? 'The service request failed.';
}

export function canHideMoney(code: string): boolean {
  return code !== '0' && !NEVER_PAID.has(code);
}

/** Whether a request that is refused with this code at intake has used up its id. */
export function burnsId(code: string): boolean {
  return NEVER_PAID.has(code) && !SIMULATED_DARAJA_BUSY.has(code);
}
