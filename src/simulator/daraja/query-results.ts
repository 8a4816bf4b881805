import type { DarajaConversation } from './answers.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaFunds } from './balances.ts';
import type { DarajaPayment } from './outcomes.ts';
import { amountValue, INTERNAL, type DarajaParameter, type DarajaResult } from './results.ts';
import { simulatedDarajaDigitsOf } from './formats.ts';
import { centsTextFixed, jsonNumber } from '../kit/decimal.ts';

/** The transaction id of the query itself, which is of no payment. */
const QUERY_ID = 'TQ00000000';

export function simulatedDarajaFailedResult(ids: DarajaConversation, code: string): DarajaResult {
  return { ...ids, code, transactionId: QUERY_ID, parameters: null, references: INTERNAL };
}

export function statusResult(
  ids: DarajaConversation,
  payment: DarajaPayment,
  settings: DarajaSimulatorSettings,
): DarajaResult {
  return { ...simulatedDarajaFailedResult(ids, '0'), parameters: statusParameters(payment, settings) };
}

export function statusWord({ state }: DarajaPayment, { openStatus, failedStatus }: DarajaSimulatorSettings): string {
  switch (state) {
    case 'open':
      return openStatus;
    case 'paid':
      return 'Completed';
    case 'declined':
      return failedStatus;
    case 'expired':
      return 'Expired';
  }
}

function statusParameters(payment: DarajaPayment, settings: DarajaSimulatorSettings): readonly DarajaParameter[] {
  const { order, state, originatorId, conversationId, receipt, acceptedAt, endedAt } = payment;
  const ended = state === 'open' ? {} : { Value: jsonNumber(simulatedDarajaDigitsOf(endedAt)) };
  return [
    { Key: 'TransactionStatus', Value: statusWord(payment, settings) },
    { Key: 'DebitPartyName', Value: `${order.shortCode} - SIMULATED EMPLOYER` },
    { Key: 'CreditPartyName', Value: `${order.partyB} - AMINA WEKESA` },
    { Key: 'OriginatorConversationID', Value: originatorId },
    { Key: settings.oddKeys ? 'Conversation ID' : 'ConversationID', Value: conversationId },
    { Key: 'InitiatedTime', Value: jsonNumber(simulatedDarajaDigitsOf(acceptedAt)) },
    { Key: settings.oddKeys ? 'FinalizedTime' : 'FinalisedTime', ...ended },
    { Key: 'DebitAccountType', Value: order.kind === 'mobile' ? 'Utility Account' : 'Working Account' },
    { Key: 'DebitPartyCharges', Value: '' },
    { Key: 'TransactionReason' },
    { Key: 'ReasonType', Value: order.product === 'b2b' ? 'Business Pay Bill' : 'Business Payment to Customer' },
    { Key: 'Amount', Value: amountValue(order.amountMinor, settings) },
    // Failed payments have a receipt too.
    { Key: 'ReceiptNo', ...(state === 'open' ? {} : { Value: receipt }) },
  ];
}

export function balanceResult(ids: DarajaConversation, funds: DarajaFunds, at: number): DarajaResult {
  const account = (name: string, minor: bigint): string => {
    const amount = minor < 0n ? `-${centsTextFixed(-minor)}` : centsTextFixed(minor);
    return `${name}|KES|${amount}|${amount}|0.00|0.00`;
  };
  const text = [
    account('Working Account', funds.workingMinor),
    account('Float Account', 0n),
    account('Utility Account', funds.utilityMinor),
    account('Charges Paid Account', funds.chargesMinor),
    account('Organization Settlement Account', 0n),
  ].join('&');
  const parameters = [
    { Key: 'AccountBalance', Value: text },
    { Key: 'BOCompletedTime', Value: jsonNumber(simulatedDarajaDigitsOf(at)) },
  ];
  return { ...simulatedDarajaFailedResult(ids, '0'), parameters };
}
