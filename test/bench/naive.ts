/**
 * The script that somebody would write instead of payrun: read a CSV, pay each row, write what came back. No ledger, no check,
 * no memory; it is what `run` is measured against.
 *
 * node naive.ts FILE ENDPOINT CONCURRENCY OUT
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import ky from 'ky';
import pLimit from 'p-limit';

interface Row {
  readonly id: string;
  readonly amount: string;
  readonly mobile: string;
}

const [file = '', endpoint = '', concurrency = '', out = ''] = process.argv.slice(2);
const headers = { 'X-API-KEY': 'key', 'X-API-SECRET': 'secret' };
const token = await ky.post(`${endpoint}/authorize`, { headers }).json<{ access_token: string }>();
const limit = pLimit(Number(concurrency));
const paid: Promise<Record<string, string>>[] = [];
for await (const row of createReadStream(file).pipe(parse({ columns: true })) as AsyncIterable<Row>) {
  paid.push(
    limit(async () => {
      const answer = await ky
        .post(`${endpoint}/sendFundsToMobile`, {
          headers: { Authorization: `Bearer ${token.access_token}` },
          json: { phone: row.mobile.replace('+254', ''), amount: Number(row.amount), reference: row.id },
        })
        .json<{ transaction_id: string; status: string }>();
      return { ...row, transaction: answer.transaction_id, status: answer.status };
    }),
  );
}
writeFileSync(out, stringify(await Promise.all(paid), { header: true }));
