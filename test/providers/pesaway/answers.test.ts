import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { Redactor } from '../../../src/providers/kit/redaction.ts';
import type { HttpAnswer } from '../../../src/providers/kit/http.ts';
import { pesawayPayoutOutcome, type PesawayPayout } from '../../../src/providers/pesaway/answers.ts';
import { payment, REFERENCE, TRANSACTION } from './payments.ts';

function outcomeOf(answer: HttpAnswer, more: Partial<PesawayPayout> = {}): Outcome {
  const outcome = pesawayPayoutOutcome(answer, {
    payment: payment(),
    account: 'wages',
    redactor: new Redactor(['the-secret-of-wages']),
    now: 1_780_000_000_000,
    isRefusedAgain: false,
    isResend: false,
    ...more,
  });
  expect(outcome.evidence.code).toMatch(/^\S{1,40}$/);
  expect(outcome.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  return outcome;
}

function answered(status: number, body: unknown, more: Partial<PesawayPayout> = {}, headers = {}): Outcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return outcomeOf({ kind: 'answer', status, headers: new Headers(headers), body: text }, more);
}

const accepted = { code: '200.001', TransactionID: TRANSACTION, OriginatorReference: REFERENCE };

describe('an answer to a payout', () => {
  it('that never came because nothing was sent leaves the payment to be sent', () => {
    expect(outcomeOf({ kind: 'not-sent', code: 'dns', reason: 'Nobody there.' }).kind).toBe('not-sent');
  });

  it.each(['timeout', 'connection-reset', 'answer-cut-short'])('that was lost (%s) leaves it unknown', (code) => {
    expect(outcomeOf({ kind: 'lost', code, reason: 'The line went dead.' })).toMatchObject({
      kind: 'unknown',
      evidence: { code },
    });
  });

  it('200.001 is accepted and not paid, with the id that PesaWay gave it', () => {
    expect(answered(200, accepted)).toMatchObject({
      kind: 'pending',
      evidence: { code: '200.001', providerReference: TRANSACTION },
    });
    expect(answered(201, { code: '200.001', data: { TransactionID: TRANSACTION } })).toMatchObject({
      kind: 'pending',
      evidence: { providerReference: TRANSACTION },
    });
  });

  it('without a code is accepted only where it speaks of our reference', () => {
    expect(answered(200, { OriginatorReference: REFERENCE }).kind).toBe('pending');
    expect(answered(200, { TransactionID: TRANSACTION }).kind).toBe('unknown');
    expect(answered(200, {}).kind).toBe('unknown');
    expect(answered(200, { error: 'Something' }).kind).toBe('unknown');
  });

  it('about another reference is no acceptance, and its id is not kept', () => {
    const outcome = answered(200, { ...accepted, OriginatorReference: 'OTHER' });
    expect(outcome.kind).toBe('unknown');
    expect(outcome.evidence.providerReference).toBeUndefined();
  });

  it('200.001 with a status of an error is in doubt', () => {
    expect(answered(500, accepted).kind).toBe('unknown');
    expect(answered(302, accepted).kind).toBe('unknown');
  });

  it.each([400, 200])('400.001 (HTTP %i) has failed for its data', (status) => {
    const outcome = answered(status, { code: '400.001', description: 'Invalid PhoneNumber 254712345678' });
    expect(outcome).toMatchObject({ kind: 'failed', evidence: { code: '400.001' } });
    expect(outcome.evidence.reason).toContain('Invalid PhoneNumber');
    expect(outcome.evidence.reason).not.toContain('712345678');
  });

  it('reads the words of an error wherever the clients look for them', () => {
    for (const name of ['description', 'message', 'error']) {
      expect(answered(400, { code: '400.001', [name]: 'Amount too small' }).evidence.reason).toContain(
        'Amount too small',
      );
    }
  });

  it('an invalid parameter that may be the reference is in doubt: it may have been used before', () => {
    expect(answered(400, { code: '400.001', message: 'TransactionReference is already used' }).kind).toBe('unknown');
    expect(answered(400, { code: '400.001', message: 'Invalid', data: { ExternalReference: ['taken'] } }).kind).toBe(
      'unknown',
    );
    expect(answered(400, { code: '400.001', message: 'Invalid', OriginatorReference: REFERENCE }).kind).toBe('failed');
    const echo = { ExternalReference: REFERENCE, Amount: 'too small' };
    expect(answered(400, { code: '400.001', message: 'Invalid', data: echo }).kind).toBe('failed');
  });

  it('a 400 without a code has failed where it says why, and is in doubt where it does not', () => {
    expect(answered(400, { message: 'Invalid amount' }).kind).toBe('failed');
    expect(answered(400, {}).kind).toBe('unknown');
    expect(answered(400, '<html>').kind).toBe('unknown');
  });

  it.each([
    [401, { code: '401.001' }],
    [200, { code: '401.001', error: 'Missing authentication credentials' }],
    [401, {}],
    [401, ''],
    [401, { code: '401.777' }],
    [401, { code: 'AUTH', message: 'Token expired' }],
  ])('HTTP %i %j is a token that died: nothing moved', (status, body) => {
    expect(answered(status, body)).toMatchObject({ kind: 'throttled', waitMs: 0 });
    const outcome = answered(status, body, { isRefusedAgain: true });
    expect(outcome.kind).toBe('stop');
    expect(outcome.evidence.reason).toContain('accounts.wages.credentials');
  });

  it.each([
    [403, false],
    [403, true],
    [200, false],
    [200, true],
  ])('403.002 (HTTP %i, again: %j) proves no payment and no failure', (status, isResend) => {
    const outcome = answered(
      status,
      { code: '403.002', description: 'TransactionReference is already used' },
      { isResend },
    );
    expect(outcome).toMatchObject({ kind: 'unknown', evidence: { code: '403.002' } });
    expect(outcome.evidence.providerReference).toBeUndefined();
  });

  it("404.000 has failed; a 404 that is not PesaWay's own is in doubt", () => {
    expect(answered(404, { code: '404.000', description: 'Bank not found' }).kind).toBe('failed');
    expect(answered(404, '<html>').kind).toBe('unknown');
    expect(answered(404, {}).evidence.reason).toContain('accounts.wages.endpoint');
  });

  it('455.001 stops the account', () => {
    expect(answered(400, { code: '455.001', description: 'Insufficient balance' })).toMatchObject({
      kind: 'stop',
      evidence: { code: '455.001' },
    });
    expect(answered(200, { code: '455.001' }).kind).toBe('stop');
  });

  it('asks for patience by 429 or 429.001, as long as it says', () => {
    expect(answered(429, '', {}, { 'Retry-After': '7' })).toMatchObject({ kind: 'throttled', waitMs: 7_000 });
    expect(answered(200, { code: '429.001' }).kind).toBe('throttled');
    expect(answered(429, '')).not.toHaveProperty('waitMs');
  });

  it.each([
    [403, { code: '403.033', description: 'Transaction failed' }],
    [500, { code: '999.999.999', description: 'Internal error' }],
    [200, { code: '777.001' }],
    [200, { code: '200.002' }],
    [400, { code: '400.002', message: 'No such thing' }],
    [403, { message: 'Forbidden' }],
    [500, ''],
    [502, '<html>'],
    [503, { code: '' }],
    [302, ''],
    [418, ''],
    [200, '<html>'],
    [200, '[]'],
    [200, ''],
  ])('HTTP %i %j is not clear, so the payment is unknown', (status, body) => {
    expect(answered(status, body).kind).toBe('unknown');
  });

  it.each([
    [400, { code: '400.001', message: 'Invalid amount' }],
    [404, { code: '404.000' }],
    [400, { message: 'Invalid amount' }],
  ])('HTTP %i %j to a payment presented again says nothing of the request before', (status, body) => {
    expect(answered(status, body, { isResend: true }).kind).toBe('unknown');
  });

  it('tells no secret that the provider repeats', () => {
    const outcome = answered(400, { code: '400.001', message: 'bad the-secret-of-wages' });
    expect(outcome.evidence.reason).not.toContain('the-secret-of-wages');
    expect(answered(400, { code: `x${' '.repeat(50)}y` }).evidence.code).toBe('unlisted-code');
  });
});
