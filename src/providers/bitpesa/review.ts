import type { FieldFault, PaymentReview, ReviewedPayment } from '../../domain/rules.ts';
import { BANK_CODES } from './banks.ts';
import { payoutOf } from './details.ts';
import { FAULT_RULES } from './faults.ts';
import { typesOf } from './payout-types.ts';
import { fault, type Rule, type Seen } from './reviewed.ts';
import type { Settings } from './settings.ts';

/** A whole payment held against its payout type: what is missing, what is not known, what cannot be paid. */
export function reviewPayment(payment: ReviewedPayment, settings: Settings, account: string): PaymentReview {
  const payout = payoutOf(payment, settings);
  if (payout === null) return { faults: [typeFault(payment)], warnings: [] };
  const seen: Seen = { payment, payout, settings, account };
  return {
    faults: FAULT_RULES.flatMap((rule) => rule(seen)),
    warnings: WARNING_RULES.flatMap((rule) => rule(seen)),
  };
}

const WARNING_RULES: readonly Rule[] = [recommendedDetails, bankCodeIsPrinted, narrativeFits, amountIsPaidInFives];

function typeFault({ currency, destination, details }: ReviewedPayment): FieldFault {
  const kind = destination.kind === 'mobile' ? 'mobile' : 'bank';
  const types = typesOf(currency, kind);
  if (types.length === 0) {
    return fault(
      kind === 'mobile' ? 'mobile' : 'bank_account',
      'destination-currency',
      `BitPesa pays no ${currency} to a ${kind}. Pay it another way or in another currency.`,
    );
  }
  if (details['type'] !== undefined && !types.includes(details['type'])) {
    return fault(
      'details.type',
      'detail-value',
      `BitPesa pays ${currency} to a ${kind} by ${types.join(' or ')} only. Write one of them in details.type, or leave it empty.`,
    );
  }
  // Only a type with several countries comes here.
  return fault(
    'details.country',
    'detail-missing',
    `${types.join(' or ')} needs details.country: US or EG. Fill it in.`,
  );
}

function recommendedDetails({ payout: { type, details }, settings }: Seen): readonly FieldFault[] {
  const [list, source] =
    settings.detailRules === 'spec' ? ([type.guide, 'guide'] as const) : ([type.spec, 'specification'] as const);
  return list
    .filter((field) => details[field] === undefined)
    .map((field) =>
      fault(
        `details.${field}`,
        'detail-recommended',
        `BitPesa's ${source} asks for ${field} of ${type.type}. Fill it in where you know it.`,
      ),
    );
}

function bankCodeIsPrinted({ payment: { currency }, payout: { type, details } }: Seen): readonly FieldFault[] {
  const known = BANK_CODES[currency];
  const code = details['bank_code'];
  if (type.code !== 'bank_code' || known === undefined || code === undefined || known.has(code)) return [];
  return [
    fault(
      'bank_code',
      'bank-code-unknown',
      `Bank ${code.slice(0, 12)} is not among the banks that BitPesa prints for ${currency}. Its list is longer: check the code.`,
    ),
  ];
}

function narrativeFits({ payment, payout: { type } }: Seen): readonly FieldFault[] {
  const { narrative, details } = payment;
  if (type.narrationMax === null) return [];
  const text = details['narration'] ?? narrative;
  if (text.length <= type.narrationMax || Array.from(text).length <= type.narrationMax) return [];
  const field = details['narration'] === undefined ? 'narrative' : 'details.narration';
  return [
    fault(
      field,
      'narrative-too-long',
      `Only the first ${type.narrationMax} characters of the narrative reach the recipient. Shorten it if the end matters.`,
    ),
  ];
}

/** Orange of Ivory Coast demands it, and which of the other networks round up is not published. */
function amountIsPaidInFives({ payment: { amountMinor, currency }, payout: { type } }: Seen): readonly FieldFault[] {
  if (type.kind !== 'mobile' || (currency !== 'XOF' && currency !== 'XAF') || amountMinor % 5n === 0n) return [];
  return [
    fault(
      'amount',
      'amount-fives',
      `Some mobile networks pay ${currency} in multiples of 5 only and round up. Round the amount yourself.`,
    ),
  ];
}
