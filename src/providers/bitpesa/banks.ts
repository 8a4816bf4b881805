import type { KnownBank } from '../../domain/rules.ts';
import { KENYAN_BANKS } from '../kit/kenyan-banks.ts';
import { PRINTED_BANKS } from './bank-lists.ts';

/** Code → name of the banks that BitPesa's guide prints, by currency. Banks come and go, so that a code which is missing is a warning. */
export const BITPESA_BANKS: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  ...Object.fromEntries(Object.entries(PRINTED_BANKS).map(([currency, text]) => [currency, printed(text)])),
  KES: KENYAN_BANKS,
};

/** Every currency's banks. */
export function bitpesaBanks(): readonly KnownBank[] {
  return Object.entries(BITPESA_BANKS).flatMap(([currency, known]) =>
    [...known].map(([code, name]) => ({ code, name, currency })),
  );
}

/** A bank that is gone: whether its code refuses a row, and what a message says of it. */
export interface GoneBank {
  readonly isRefused: boolean;
  readonly message: string;
}

/**
 * Codes that the list of 2019 had and that of November 2025 has no longer. Diamond: by the guide itself its customers are paid at Access. Heritage: the
 * Central Bank of Nigeria took its licence on 3 June 2024, and no bank has succeeded it.
 */
export const GONE_BANKS: Readonly<Record<string, Readonly<Record<string, GoneBank>>>> = {
  NGN: {
    '063': {
      isRefused: true,
      message: 'Bank 063 (Diamond) became Access Bank in 2019. Write 044, and check the account number with the payee.',
    },
    '030': {
      isRefused: false,
      message:
        'Bank 030 (Heritage) has had no licence since June 2024, and BitPesa no longer lists it. Ask the payee for an account at another bank.',
    },
  },
};

function printed(text: string): ReadonlyMap<string, string> {
  const lines = text.trim().split('\n');
  return new Map(lines.map((line) => line.trim()).map((line) => splitAtBlank(line)));
}

/** `044 Access Bank` → its code and its name. */
function splitAtBlank(line: string): readonly [string, string] {
  const at = line.indexOf(' ');
  return [line.slice(0, at), line.slice(at + 1)];
}
