import { didYouMean } from '../documents/nearest.ts';
import { searchKey } from '../documents/similar.ts';
import { currencyDecimals } from '../domain/money.ts';
import { PayrunError } from '../domain/problem.ts';
import type { KnownBank } from '../domain/rules.ts';
import { providers } from '../providers/index.ts';
import type { Project } from './session/project.ts';

export interface BanksRequest {
  /** The name of a provider or of an account; or a word to search, where it is neither. */
  readonly name: string | null;
  /** What each bank that is listed must have in its code, name or currency. */
  readonly words: readonly string[];
}

export interface ListedBank extends KnownBank {
  readonly provider: string;
}

export interface BankList {
  readonly banks: readonly ListedBank[];
  /** Of the providers that were asked: those of which no list is known, `bitpesa (UGX)` where none is of the currency that was asked for. */
  readonly withoutList: readonly string[];
}

/**
 * Lists the banks that providers are known to pay: those of the named provider or account, else those of every account of the
 * configuration.
 *
 * @param project null where there is no configuration; a provider then has its default options.
 */
export function banks(project: Project | null, { name, words }: BanksRequest): BankList {
  const accounts = [...(project?.config.accounts.values() ?? [])];
  const chosen = accounts.filter((account) => name === null || account.name === name || account.provider === name);
  const isProvider = name !== null && providers.has(name);
  const isSearched = name !== null && chosen.length === 0 && !isProvider;
  if (isSearched && words.length > 0) throw unknownName(name, accounts);
  const lists = isProvider && chosen.length === 0 ? [{ provider: name, options: {} }] : isSearched ? accounts : chosen;
  const keys = (isSearched ? [name] : words).flatMap((word) => searchKey(word).split(' ')).filter((key) => key !== '');
  const found = new Map<string, ListedBank>();
  const withoutList = new Set<string>();
  for (const { provider, options } of lists) {
    const known = providers.get(provider)?.banks?.(options) ?? [];
    if (known.length === 0) withoutList.add(provider);
    for (const bank of known) {
      const key = JSON.stringify([provider, bank.currency, bank.code]);
      if (!found.has(key) && isMatch(bank, keys)) found.set(key, { provider, ...bank });
    }
  }
  for (const currency of found.size > 0 ? [] : currenciesIn(isSearched ? [name] : words))
    for (const { provider } of lists) if (!withoutList.has(provider)) withoutList.add(`${provider} (${currency})`);
  if (found.size === 0 && isSearched && didYouMean(name, namesOf(accounts)) !== '') throw unknownName(name, accounts);
  return { banks: [...found.values()], withoutList: [...withoutList] };
}

function isMatch({ code, name, currency }: KnownBank, keys: readonly string[]): boolean {
  const text = searchKey(`${code} ${name} ${currency}`);
  return keys.every((key) => text.includes(key));
}

function currenciesIn(words: readonly string[]): readonly string[] {
  return words.map((word) => word.toUpperCase()).filter((word) => currencyDecimals(word) !== undefined);
}

type NamedAccounts = readonly { readonly name: string }[];

function namesOf(accounts: NamedAccounts): readonly string[] {
  return [...new Set([...providers.keys(), ...accounts.map((account) => account.name)])];
}

function unknownName(name: string, accounts: NamedAccounts): PayrunError {
  const known = namesOf(accounts);
  return new PayrunError(
    2,
    'provider-unknown',
    `There is no provider and no account ${name.slice(0, 64)}; there are: ${known.join(', ')}.${didYouMean(name, known)}`,
  );
}
