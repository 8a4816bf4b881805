import { CHANGE_SETTINGS, type ChangeRules } from '../domain/changes.ts';
import { currencyDecimals, parseAmount } from '../domain/money.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

/** `changes:` of a configuration that passed its checks, or of a rule in it. */
export function buildChanges(tree: Tree | undefined): ChangeRules {
  const policies = CHANGE_SETTINGS.flatMap((setting) => {
    const policy = textAt(tree, setting) ?? textAt(tree, setting, 'policy');
    return policy === null ? [] : [[setting, policy] as const];
  });
  const over = textAt(tree, 'amount', 'over');
  const by = ruleAt(tree, 'amount', 'by');
  return {
    ...Object.fromEntries(policies),
    ...(over === null ? {} : { over }),
    ...(by === undefined ? {} : { by: typeof by === 'string' ? { '': by } : amountsByCurrency(by) }),
  };
}

function amountsByCurrency(tree: Tree): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entriesAt(tree).map(([currency, text]) => [currency, typeof text === 'string' ? text : '']),
  );
}

/** A threshold that no amount of its currency can be compared with would say nothing without a word. */
export function changeAmountsFit(
  tree: Tree,
  report: (path: readonly string[], message: string, example?: string) => void,
): void {
  const accounts = entriesAt(tree, 'accounts').map(([name]) => textAt(tree, 'accounts', name, 'currency') ?? '');
  const places = [['changes'], ...entriesAt(tree, 'defaults').map(([index]) => ['defaults', index, 'changes'])];
  for (const place of places) {
    const path = [...place, 'amount', 'by'];
    const every = textAt(tree, ...path);
    const named = entriesAt(tree, ...path);
    for (const [currency, text] of every === null ? named : accounts.map((one) => [one, every] as const)) {
      const where = every === null ? [...path, currency] : path;
      const decimals = currencyDecimals(currency);
      if (typeof text !== 'string' || !/^[A-Z]{3}$/.test(currency)) continue;
      if (decimals === undefined) {
        if (every === null) report(where, `${where.join('.')}: payrun does not know the currency ${currency}.`);
      } else if (parseAmount(text, decimals) === 'decimals') {
        const right = every === null ? '' : `by: { ${currency}: "5000" }`;
        report(where, `${where.join('.')}: ${currency} has ${decimals} decimals. Write no more.`, right);
      }
    }
  }
}
