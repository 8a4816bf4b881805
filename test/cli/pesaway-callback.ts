import { createHmac } from 'node:crypto';
import { CALLBACK_SECRET, TOKEN } from './pesaway-project.ts';

/** A result of PesaWay for a row of a report: the payment was made, unless `change` says something else. */
export function resultOf(
  row: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | number>> = {},
): string {
  return JSON.stringify({
    ResultCode: 0,
    ResultDesc: 'Successful',
    TransactionID: row['provider_reference'],
    OriginatorReference: row['reference'],
    TransactionAmount: row['amount'],
    ...change,
  });
}

/** Posts a signed callback on a connection of its own; returns the status of the answer. */
export async function deliver(
  port: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const signature = createHmac('sha256', CALLBACK_SECRET).update(body).digest('base64');
  const answer = await fetch(`http://127.0.0.1:${port}/callbacks/${TOKEN}`, {
    method: 'POST',
    body,
    headers: { signature, connection: 'close', ...headers },
  });
  await answer.arrayBuffer();
  return answer.status;
}
