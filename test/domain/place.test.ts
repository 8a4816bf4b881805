import { describe, expect, it } from 'vitest';
import { hostOf, isSamePlace, isSimulated, payerFingerprint, placeKey, placeText } from '../../src/domain/place.ts';
import type { Place } from '../../src/domain/place.ts';

const PLACE: Place = {
  provider: 'pesaway',
  host: 'https://api.pesaway.com',
  environment: 'live',
  payer: payerFingerprint('pesaway', ['ck-1', 'acme', 'ke']),
};

describe('a place', () => {
  it('has one host for every spelling of one server', () => {
    const spellings = [
      'https://Pay.Example.org',
      'https://pay.example.org:443/api/v1',
      'https://pay.example.org./x?y=1',
    ];
    expect(new Set(spellings.map(hostOf))).toEqual(new Set(['https://pay.example.org']));
    expect(hostOf('http://127.0.0.1:8080/api/v1')).toBe('http://127.0.0.1:8080');
    expect(hostOf('https://pay.example.org:8443')).not.toBe(hostOf('https://pay.example.org'));
  });

  it('is another one where provider, host, environment or payer differ, and has another key then', () => {
    const others: Partial<Place>[] = [
      { provider: 'daraja' },
      { host: 'https://api.pesaway.com:8443' },
      { environment: 'sandbox' },
      { payer: payerFingerprint('pesaway', ['ck-2', 'acme', 'ke']) },
    ];
    expect(placeKey(PLACE)).toMatch(/^pesaway-[0-9a-f]{16}$/);
    expect(isSamePlace(PLACE, { ...PLACE })).toBe(true);
    for (const change of others) {
      expect(isSamePlace(PLACE, { ...PLACE, ...change })).toBe(false);
      expect(placeKey({ ...PLACE, ...change })).not.toBe(placeKey(PLACE));
    }
  });

  it('tells payers apart whose values run together, and shows no value', () => {
    expect(payerFingerprint('p', ['ab', 'c'])).not.toBe(payerFingerprint('p', ['a', 'bc']));
    expect(payerFingerprint('p', ['ab'])).not.toBe(payerFingerprint('q', ['ab']));
    expect(PLACE.payer).toMatch(/^[0-9a-f]{16}$/);
    expect(placeText(PLACE)).toBe(`pesaway at https://api.pesaway.com (live, payer ${PLACE.payer})`);
    expect(isSimulated(PLACE)).toBe(false);
    expect(placeText({ ...PLACE, host: 'simulator' })).toBe('the built-in simulator of pesaway');
  });
});
