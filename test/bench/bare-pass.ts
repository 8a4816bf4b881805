/** One pass of csv-parse over a file, with nothing done to the records. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const parser = createReadStream(process.argv[2] ?? '').pipe(parse());
let records = 0;
parser.on('data', () => (records += 1));
await new Promise((resolve, reject) => parser.on('end', resolve).on('error', reject));
if (records === 0) throw new Error('the pass saw no record');
