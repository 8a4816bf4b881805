import type { ApprovalPolicy } from '../domain/approval.ts';
import { currencyDecimals, parseAmount } from '../domain/money.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

/** `approvals:` of a configuration that passed its checks. */
export function buildApprovals(tree: Tree | undefined, path: (text: string) => string): ApprovalPolicy | null {
  if (tree === undefined) return null;
  return {
    signers: path(textAt(tree, 'signers') ?? ''),
    rules: entriesAt(tree, 'rules').map(([, rule]) => ({
      above: ruleAt(rule, 'above') === undefined ? null : Object.fromEntries(entriesAt(rule, 'above').map(amountAbove)),
      signatures: Number(textAt(rule, 'signatures')),
    })),
  };
}

function amountAbove([currency, text]: readonly [string, Tree]): [string, bigint] {
  const reading = parseAmount(typeof text === 'string' ? text : '', currencyDecimals(currency) ?? 0);
  return [currency, typeof reading === 'bigint' ? reading : 0n];
}

/** A rule that no batch can reach, or that is about money which no account pays, asks nobody for anything: a slip of the pen. */
export function approvalRulesAreReached(
  tree: Tree,
  report: (path: readonly string[], message: string, example?: string) => void,
): void {
  const currencies = new Set(entriesAt(tree, 'accounts').map(([name]) => textAt(tree, 'accounts', name, 'currency')));
  let everything: string | null = null;
  for (const [index, rule] of entriesAt(tree, 'approvals', 'rules')) {
    const path = ['approvals', 'rules', index];
    if (everything !== null) {
      const advice = 'Write the rules with `above` first, the highest amount at the top.';
      report(path, `${path.join('.')} is never reached: rule ${everything} fits every batch. ${advice}`);
    }
    if (ruleAt(rule, 'above') === undefined) everything ??= index;
    for (const [currency, text] of entriesAt(rule, 'above')) {
      const where = [...path, 'above', currency];
      const decimals = currencyDecimals(currency);
      if (!/^[A-Z]{3}$/.test(currency) || typeof text !== 'string') continue;
      if (decimals === undefined || !currencies.has(currency)) {
        report(where, `${where.join('.')}: no account pays ${currency}, so that the rule would never fit.`);
      } else if (parseAmount(text, decimals) === 'decimals') {
        report(where, `${where.join('.')}: ${currency} has ${decimals} decimals. Write no more.`);
      }
    }
  }
}
