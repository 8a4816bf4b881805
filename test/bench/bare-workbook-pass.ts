/** One pass of read-excel-file over a workbook, with nothing done to the rows. */
import { readFileSync } from 'node:fs';
import readExcelFile from 'read-excel-file/node';

const [sheet] = await readExcelFile(readFileSync(process.argv[2] ?? ''));
if ((sheet?.data.length ?? 0) === 0) throw new Error('the pass saw no row');
