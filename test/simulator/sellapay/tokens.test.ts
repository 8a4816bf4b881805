import { describe, expect, it } from 'vitest';
import { signSellapayToken, verifySellapayToken } from '../../../src/simulator/sellapay/tokens.ts';

const claims = { account: 'acctSIM0001', business_id: 'bizSIM0001', iat: 1770727440, exp: 1770731040 };
const vector =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhY2NvdW50IjoiYWNjdFNJTTAwMDEiLCJidXNpbmVzc19pZCI6ImJpelNJTTAwMDEiLCJpYXQiOjE3NzA3Mjc0NDAsImV4cCI6MTc3MDczMTA0MH0.mo3qIWYtePP2ZUjc7plPqfSI2JTyU-rjTQEWw2TWRiQ';

describe('a token', () => {
  it('equals the documented test vector', () => {
    expect(signSellapayToken(claims, 'sim-jwt-secret')).toBe(vector);
    expect(verifySellapayToken(vector, 'sim-jwt-secret')).toEqual(claims);
  });

  it.each([
    ['signed with another key', signSellapayToken(claims, 'another')],
    ['with another payload', vector.replace('eyJhY2', 'eyJhY3')],
    ['without a signature', vector.slice(0, vector.lastIndexOf('.') + 1)],
    ['of two parts', vector.slice(0, vector.lastIndexOf('.'))],
    [
      'that asks for no signature',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${vector.split('.')[1] ?? ''}.`,
    ],
    ['that is none', 'nonsense'],
  ])('%s is not valid', (_words, token) => {
    expect(verifySellapayToken(token, 'sim-jwt-secret')).toBeNull();
  });
});
