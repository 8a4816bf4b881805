import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaFunds } from './balances.ts';
import type { DarajaPayment } from './outcomes.ts';
import { amountValue, genericId, INTERNAL, type DarajaParameter, type DarajaResult } from './results.ts';
import { simulatedDarajaDigitsOf, dottedOf } from './formats.ts';
import { centsTextFixed, jsonNumber } from '../kit/decimal.ts';

/** Codes of requests that became no transaction; results with other codes report a number that looks like a receipt. */
const BEFORE_ANY = new Set(['2001', '8006', '21', 'SFC_IC0003']);

/** The result with this code, which need not be the true one. */
export function simulatedDarajaDarajaPayoutResult(
  payment: DarajaPayment,
  code: string,
  funds: DarajaFunds,
  settings: DarajaSimulatorSettings,
): DarajaResult {
  const { originatorId, conversationId, receipt, order } = payment;
  const ids = {
    code,
    originatorId,
    conversationId,
    transactionId: BEFORE_ANY.has(code) ? genericId(receipt) : receipt,
  };
  if (order.product !== 'b2b') {
    return { ...ids, parameters: code === '0' ? b2cParameters(payment, funds, settings) : null, references: INTERNAL };
  }
  const references = [{ Key: 'BillReferenceNumber', Value: order.accountReference }, INTERNAL];
  const failed = { Key: 'BOCompletedTime', Value: jsonNumber(simulatedDarajaDigitsOf(payment.endedAt)) };
  return { ...ids, parameters: code === '0' ? b2bParameters(payment, funds, settings) : failed, references };
}

/** A forged result: the forger knows the address and the request, but not the answered ids. */
export function forgedResult(
  payment: DarajaPayment,
  code: string,
  funds: DarajaFunds,
  settings: DarajaSimulatorSettings,
): DarajaResult {
  const { originatorId } = payment;
  const wrong = {
    originatorId: originatorId.replace(/[A-Za-z0-9]/g, '0'),
    conversationId: 'AG_20000101_0',
    receipt: 'T0F0R0G0E0',
  };
  return simulatedDarajaDarajaPayoutResult({ ...payment, ...wrong }, code, funds, settings);
}

function b2cParameters(
  { order, receipt, endedAt }: DarajaPayment,
  funds: DarajaFunds,
  settings: DarajaSimulatorSettings,
): DarajaParameter[] {
  return [
    { Key: 'TransactionReceipt', Value: receipt },
    { Key: 'TransactionAmount', Value: amountValue(order.amountMinor, settings) },
    { Key: 'ReceiverPartyPublicName', Value: `${order.partyB} - AMINA WEKESA` },
    { Key: 'TransactionCompletedDateTime', Value: dottedOf(endedAt) },
    { Key: 'B2CUtilityAccountAvailableFunds', Value: amountValue(funds.utilityMinor, settings) },
    { Key: 'B2CWorkingAccountAvailableFunds', Value: amountValue(funds.workingMinor, settings) },
    { Key: 'B2CRecipientIsRegisteredCustomer', Value: 'Y' },
    { Key: 'B2CChargesPaidAccountAvailableFunds', Value: amountValue(funds.chargesMinor, settings) },
  ];
}

function b2bParameters(
  { order, endedAt }: DarajaPayment,
  funds: DarajaFunds,
  settings: DarajaSimulatorSettings,
): DarajaParameter[] {
  const left = centsTextFixed(funds.workingMinor);
  const account = `{Amount={CurrencyCode=KES, MinimumAmount=${funds.workingMinor}, BasicAmount=${left}}}`;
  return [
    { Key: 'Amount', Value: amountValue(order.amountMinor, settings) },
    { Key: 'Currency', Value: 'KES' },
    { Key: 'TransCompletedTime', Value: jsonNumber(simulatedDarajaDigitsOf(endedAt)) },
    { Key: 'ReceiverPartyPublicName', Value: `${order.partyB} - CITY WATER` },
    // An entry without a value, as the provider sends it.
    { Key: 'DebitPartyCharges' },
    { Key: 'DebitAccountBalance', Value: account },
    { Key: 'InitiatorAccountCurrentBalance', Value: account },
    { Key: 'DebitPartyAffectedAccountBalance', Value: `Working Account|KES|${left}|${left}|0.00|0.00` },
  ];
}
