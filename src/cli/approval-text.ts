import { plainLine } from './wrap.ts';
import type { Action, BatchResult } from '../operations/index.ts';

/** Who has signed, who is missing, and what does not count. */
export function approvalLines({
  needed,
  valid,
  void: voided,
  maySign,
}: NonNullable<BatchResult['approvals']>): string[] {
  const names = valid.map(({ principal }) => principal).join(', ');
  const missing = Math.max(0, needed - valid.length);
  const wanted = needed === 0 ? 'no signature is needed' : `${valid.length} of ${needed} signatures`;
  return [
    `  approval ${wanted}${names === '' ? '' : `: ${names}`}`,
    ...voided.map(({ principal, why }) => `           not counted, of ${principal}: ${why}`),
    ...(missing === 0
      ? []
      : [`           ${missing} more may sign: ${maySign.join(', ') || 'nobody else in the signers file'}`]),
  ];
}

/** What an action would do, each payment in a line of its own. The file came from somebody else: nothing of it steers the terminal. */
export function actionLines({ command, batch, by, because, made_at: madeAt, payments, request }: Action): string[] {
  const about = batch === null ? '' : ` of batch ${batch}`;
  return [
    `Action ${command}${about}, written by ${by} at ${madeAt}`,
    `because  ${because ?? 'no reason was given'}`,
    `asked    ${JSON.stringify(request)}`,
    ...payments.map(({ id, name, amount, currency, account, from, to, reference, generation, ...payment }) => {
      const what = `${payment.batch}/${id} ${name}, ${amount} ${currency} from ${account}: ${from}, would become ${to}`;
      return `${what} (${reference}, generation ${generation})`;
    }),
  ].map((line, at) => `${at === 0 ? '' : '  '}${plainLine(line)}`);
}
