import { didYouMean } from '../documents/nearest.ts';
import type { AccountChoice, FieldValues } from '../domain/csv-defaults.ts';
import { currencyDecimals } from '../domain/money.ts';
import type { AccountRules, FieldFault } from '../domain/rules.ts';
import { knownBanks } from './bank-advice.ts';
import { foldHeader } from './fields.ts';
import { headerShown, quotable } from './shape.ts';

/** What is wrong with one entry of `values:`. */
export interface ValueFault {
  readonly severity: 'error' | 'warning';
  /** Keys below `values`. */
  readonly path: readonly [field: string, cell: string];
  readonly code: string;
  readonly message: string;
}

export interface ValueScope {
  /** What pays the files that the maps are of; null where only their rows say it. */
  readonly account: AccountChoice | null;
  readonly currency: string | null;
  readonly rules: ReadonlyMap<string, AccountRules>;
}

/** Checks the values that cells are mapped to, as far as accounts, currencies and the providers' banks are known before any row is read. */
export function valueFaults(values: FieldValues, scope: ValueScope): readonly ValueFault[] {
  return Object.entries(values).flatMap(([name, entries]) => {
    const field = foldHeader(name);
    const seen = new Map<string, string>();
    return Object.entries(entries).flatMap(([cell, target]): ValueFault[] => {
      const at = { path: [name, cell] as const };
      const key = foldHeader(cell);
      const earlier = seen.get(key);
      seen.set(key, cell);
      if (key === '' || target.trim() === '') return [{ ...at, ...EMPTY }];
      if (earlier !== undefined) {
        const message = `"${headerShown(earlier)}" and "${headerShown(cell)}" are the same cell: case and spaces do not count. Keep one.`;
        return [{ ...at, severity: 'error', code: 'values-repeated', message }];
      }
      return targetFaults(field, target.trim(), scope).map((fault) => ({ ...at, ...fault }));
    });
  });
}

const EMPTY = {
  severity: 'error',
  code: 'values-empty',
  message: 'An entry of `values:` says what stands in the cell and which value that is; neither may be empty.',
} as const;

type TargetFault = Omit<ValueFault, 'path'>;

function targetFaults(field: string, target: string, scope: ValueScope): readonly TargetFault[] {
  switch (field) {
    case 'account': {
      const names = [...scope.rules.keys()];
      if (scope.rules.has(target)) return [];
      const message = `The configuration has no account "${quotable(target)}"; it has ${names.join(', ')}.${didYouMean(target, names)}`;
      return [{ severity: 'error', code: 'account-unknown', message }];
    }
    case 'currency': {
      if (currencyDecimals(target.toUpperCase()) !== undefined) return [];
      const message = `"${quotable(target)}" is no currency that payrun knows. Write an ISO 4217 code, such as KES.`;
      return [{ severity: 'error', code: 'currency-unknown', message }];
    }
    case 'bank_code': {
      const rules = scope.rules.get(bankAccountOf(scope.account) ?? '');
      return rules === undefined ? [] : bankCodeFaults(target, rules, scope.currency ?? rules.currency);
    }
    default:
      return [];
  }
}

function bankAccountOf(account: AccountChoice | null): string | null {
  return typeof account === 'object' ? (account?.bank ?? null) : account;
}

/** A code that the provider's rules refuse, or that its list does not have. The rules look at whole payments, so a usual one is made up. */
function bankCodeFaults(code: string, rules: AccountRules, currency: string): readonly TargetFault[] {
  const rule = rules.destinations.bank;
  // Rows may name another account, which pays banks.
  if (rule === undefined) return [];
  const fault = (severity: TargetFault['severity'], { code: found, message }: FieldFault): TargetFault => {
    return { severity, code: found, message };
  };
  const reading = rule.normalise({ bank_code: code, bank_account: '0123456789' });
  if (!reading.ok) return reading.fault.field === 'bank_code' ? [fault('error', reading.fault)] : [];
  const { destination } = reading;
  const usual = { name: 'Jane Wanjiku', destination, amountMinor: 100_000n, currency, narrative: '', details: {} };
  const faults = rules.review?.(usual).faults ?? [];
  const refused = faults.filter((found) => found.field === 'bank_code' && found.code.startsWith('bank-code-'));
  if (refused.length > 0) return refused.map((found) => fault('error', found));
  const known = knownBanks(rules, currency);
  if (known.length === 0 || known.some((bank) => bank.code === (destination.kind === 'bank' ? destination.code : code)))
    return [];
  const message =
    `Bank ${quotable(code)} is not in the list of ${rules.provider} (${currency}), which may lack banks: check it with ` +
    `${rules.provider}. The list: payrun banks ${rules.provider}`;
  return [{ severity: 'warning', code: 'bank-code-unknown', message }];
}
