import type { NumberFormat } from '../domain/csv-defaults.ts';
import { MPESA_ORGANISATION, type StatementForm } from '../domain/statement.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

/** `statement:` of an account: the word for a form that payrun knows, or the columns of any other. */
export function statementForm(statement: Tree | undefined): StatementForm {
  const format = typeof statement === 'string' ? statement : textAt(statement, 'format');
  // The schema has refused every other word.
  if (format === 'mt940' || format === 'camt053') return { ...tableForm(statement), format };
  return typeof statement === 'string' ? MPESA_ORGANISATION : tableForm(statement);
}

function tableForm(statement: Tree | undefined): StatementForm {
  return {
    columns: Object.fromEntries(
      entriesAt(statement, 'columns').flatMap(([field, header]) =>
        typeof header === 'string' ? [[field, header]] : [],
      ),
    ),
    paid: listedWords(statement, 'paid'),
    out: out(statement),
    encoding: textAt(statement, 'encoding') === 'windows-1252' ? 'windows-1252' : null,
    numberFormat: textAt(statement, 'number_format') as NumberFormat | null,
  };
}

function out(statement: Tree | undefined): StatementForm['out'] {
  const sign = textAt(statement, 'out');
  if (sign === 'negative' || sign === 'positive') return sign;
  return ruleAt(statement, 'out') === undefined ? null : listedWords(statement, 'out');
}

function listedWords(statement: Tree | undefined, key: string): readonly string[] {
  return entriesAt(statement, key).flatMap(([, word]) => (typeof word === 'string' ? [word.trim().toLowerCase()] : []));
}
