/** HTTP statuses of codes where the status is not 400. */
const SIMULATED_MPESA_OPENAPI_STATUSES: Readonly<Record<string, number>> = {
  'INS-6': 401,
  'INS-9': 408,
  'INS-10': 409,
  'INS-16': 503,
  'INS-2006': 422,
};

const TEXTS: Readonly<Record<string, string>> = {
  'INS-1': 'Internal Error',
  'INS-6': 'Transaction Failed',
  'INS-9': 'Request timeout',
  'INS-10': 'Duplicate Transaction',
  'INS-13': 'Invalid Shortcode Used',
  'INS-15': 'Invalid Amount Used',
  'INS-16': 'Unable to handle the request due to a temporary overloading',
  'INS-17': 'Invalid Transaction Reference. Length Should Be Between 1 and 20.',
  'INS-20': 'Not All Parameters Provided. Please try again.',
  'INS-21': 'Parameter validations failed. Please try again.',
  'INS-23': 'Transaction not found',
  'INS-26': 'Invalid Currency Used',
  'INS-28': 'Invalid ThirdPartyConversationID Used',
  'INS-30': 'Invalid Purchased Items Description Used',
  'INS-31': 'Invalid Payment Items Description Used',
  'INS-989': 'Session Creation Failed',
  'INS-990': 'Customer Transaction Value Limit Breached',
  'INS-991': 'Customer Transaction Count Limit Breached',
  'INS-992': 'Multiple Limits Breached',
  'INS-993': 'Organization Transaction Count Limit Breached',
  'INS-994': 'Organization Transaction Value Limit Breached',
  'INS-995': 'API Single Transaction Limit Breached',
  'INS-996': 'Use Case Not Allowed At This Time',
  'INS-997': 'API Not Enabled',
  'INS-998': 'Invalid Market',
  'INS-999': 'Invalid Use Case',
  'INS-2006': 'Insufficient balance',
  'INS-2051': 'MSISDN invalid',
};

/** Codes that only the documentation of the older version lists. */
const OLDER = [
  'INS-2',
  'INS-4',
  'INS-5',
  'INS-14',
  'INS-19',
  'INS-22',
  'INS-24',
  'INS-25',
  'INS-2001',
  'INS-2002',
  'INS-2057',
];

const UNCERTAIN = ['INS-1', 'INS-9', 'INS-16'];

export function statusOf(code: string): number {
  return SIMULATED_MPESA_OPENAPI_STATUSES[code] ?? 400;
}

export function textOfCode(code: string): string {
  return TEXTS[code] ?? `Error ${code}`;
}

/** Whether this code proves that the payout moved no money. */
export function isRefusal(code: string): boolean {
  return (Object.hasOwn(TEXTS, code) && !UNCERTAIN.includes(code)) || OLDER.includes(code);
}

/** Whether a request with this answer reached the ledger, so that its conversation id is used up [assumed]. */
export function isBurning(code: string): boolean {
  return code === 'INS-1' || code === 'INS-9' || code === 'INS-6' || code === 'INS-2006' || !isKnown(code);
}

function isKnown(code: string): boolean {
  return Object.hasOwn(TEXTS, code) || OLDER.includes(code);
}
