import { describe, expect, it } from 'vitest';
import { checkAgainstSchema } from '../../src/documents/schema-report.ts';

describe('a document against its schema', () => {
  it('has no fault where it follows the schema', async () => {
    const payments = [{ id: '1', amount: '5', mobile: '0712000111' }];
    expect(await checkAgainstSchema('batch.schema.json', { batch: 'b', payments })).toEqual([]);
  });

  it('has every fault, with the path to it and what would have been right', async () => {
    const batch = { bacth: 'b', encoding: 'latin1', control: '3', payments: [{ id: '', amount: '5', mobile: [] }] };
    const faults = await checkAgainstSchema('batch.schema.json', batch);
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'missing-key', path: [], key: 'batch' }));
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'unknown-key', path: [], key: 'bacth' }));
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'not-listed', path: ['encoding'], value: 'latin1' }));
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'type', path: ['control'], wanted: ['object'] }));
    expect(faults).toContainEqual(
      expect.objectContaining({ kind: 'empty', path: ['payments', 0, 'id'], what: 'text' }),
    );
    const known = faults.find(({ kind }) => kind === 'unknown-key');
    expect(known).toMatchObject({ known: expect.arrayContaining(['batch', 'payments']) as string[] });
  });
});
