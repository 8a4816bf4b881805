import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/documents/nearest.ts';

describe('the nearest known word', () => {
  it('is found for one slip of the keyboard anywhere, and for another way to join words', () => {
    const known = ['organisation', 'duplicate_window', 'batches', 'reports'];
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(15), fc.constantFrom('x', ''), (word, at, slip) => {
        const place = Math.min(at, word.length - 1);
        expect(nearest(word.slice(0, place) + slip + word.slice(place + 1), known)).toBe(word);
      }),
    );
    expect(nearest('DuplicateWindow', known)).toBe('duplicate_window');
    expect(nearest('zzzzzz', known)).toBeNull();
    expect([didYouMean('report', known), didYouMean('zzzzzz', known)]).toEqual([' Did you mean `reports`?', '']);
  });
});
