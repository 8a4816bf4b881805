import type { FieldFault, PaymentReview, ReviewedPayment } from '../../domain/rules.ts';
import { BITPESA_BANK_CODES } from './banks.ts';
import { payoutOf } from './details.ts';
import { typesOf } from './payout-types.ts';
import { bitpesaFault, REFUSALS, type CheckedRow, type RowRule } from './refusals.ts';
import type { BitpesaSettings } from './settings.ts';

/** A whole payment compared with its payout type: what is missing, what is not known, what cannot be paid. */
export function reviewPayment(payment: ReviewedPayment, settings: BitpesaSettings, account: string): PaymentReview {
  const payout = payoutOf(payment, settings);
  if (payout === null) return { faults: [typeFault(payment)], warnings: [] };
  const row: CheckedRow = { payment, payout, settings, account };
  return {
    faults: REFUSALS.flatMap((rule) => rule(row)),
    warnings: WARNINGS.flatMap((rule) => rule(row)),
  };
}

const WARNINGS: readonly RowRule[] = [recommendedDetails, bankCodeIsPrinted, narrativeFits, amountIsPaidInFives];

function typeFault({ currency, destination, details }: ReviewedPayment): FieldFault {
  const kind = destination.kind === 'mobile' ? 'mobile' : 'bank';
  const types = typesOf(currency, kind);
  if (types.length === 0) {
    return bitpesaFault(
      kind === 'mobile' ? 'mobile' : 'bank_account',
      'destination-currency',
      `BitPesa pays no ${currency} to a ${kind}. Pay it another way or in another currency.`,
    );
  }
  if (details['type'] !== undefined && !types.includes(details['type'])) {
    return bitpesaFault(
      'details.type',
      'detail-value',
      `BitPesa pays ${currency} to a ${kind} by ${types.join(' or ')} only. Write one of them in details.type, or leave it empty.`,
    );
  }
  // Left: a type with several countries, and a row that names none.
  return bitpesaFault(
    'details.country',
    'detail-missing',
    `${types.join(' or ')} needs details.country: US or EG. Fill it in.`,
  );
}

function recommendedDetails({ payout: { type, details }, settings }: CheckedRow): readonly FieldFault[] {
  const [list, source] =
    settings.detailRules === 'spec' ? ([type.guide, 'guide'] as const) : ([type.spec, 'specification'] as const);
  return list
    .filter((field) => details[field] === undefined)
    .map((field) =>
      bitpesaFault(
        `details.${field}`,
        'detail-recommended',
        `BitPesa's ${source} asks for ${field} of ${type.type}. Fill it in where you know it.`,
      ),
    );
}

function bankCodeIsPrinted({ payment: { currency }, payout: { type, details } }: CheckedRow): readonly FieldFault[] {
  const known = BITPESA_BANK_CODES[currency];
  const code = details['bank_code'];
  if (type.code !== 'bank_code' || known === undefined || code === undefined || known.has(code)) return [];
  return [
    bitpesaFault(
      'bank_code',
      'bank-code-unknown',
      `Bank ${code.slice(0, 12)} is not among the banks that BitPesa prints for ${currency}. Its list is longer: check the code.`,
    ),
  ];
}

function narrativeFits({ payment, payout: { type } }: CheckedRow): readonly FieldFault[] {
  const { narrative, details } = payment;
  if (type.narrationMax === null) return [];
  const text = details['narration'] ?? narrative;
  if (text.length <= type.narrationMax || Array.from(text).length <= type.narrationMax) return [];
  const field = details['narration'] === undefined ? 'narrative' : 'details.narration';
  return [
    bitpesaFault(
      field,
      'narrative-too-long',
      `Only the first ${type.narrationMax} characters of the narrative reach the recipient. Shorten it if the end matters.`,
    ),
  ];
}

/** Orange of Ivory Coast demands it, and which of the other networks round up is not published. */
function amountIsPaidInFives({
  payment: { amountMinor, currency },
  payout: { type },
}: CheckedRow): readonly FieldFault[] {
  if (type.kind !== 'mobile' || (currency !== 'XOF' && currency !== 'XAF') || amountMinor % 5n === 0n) return [];
  return [
    bitpesaFault(
      'amount',
      'amount-fives',
      `Some mobile networks pay ${currency} in multiples of 5 only and round up. Round the amount yourself.`,
    ),
  ];
}
