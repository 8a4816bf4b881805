import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../src/providers/kit/redaction.ts';
import { mpesaOpenapiQueryResult } from '../../../src/providers/mpesa-openapi/query.ts';
import type { QueryResult } from '../../../src/providers/port.ts';
import { payment, REFERENCE } from './payments.ts';

const CONVERSATION = `${REFERENCE}Q1`;

function answered(status: number, body: unknown, headers = {}): QueryResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const result = mpesaOpenapiQueryResult(
    { kind: 'answer', status, headers: new Headers(headers), body: text },
    { payment: payment(), conversation: CONVERSATION, redactor: new Redactor([]), now: 1_780_000_000_000 },
  );
  expect(result.evidence.code).toMatch(/^\S{1,40}$/);
  expect(result.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  return result;
}

const completed = {
  output_ResponseCode: 'INS-0',
  output_ResponseDesc: 'Request processed successfully',
  output_ResponseTransactionStatus: 'Completed',
  output_ConversationID: '5f2d7c0ab1c94a1d9e10f0c3a2b4d6e8',
  output_ThirdPartyConversationID: CONVERSATION,
  output_OriginalTransactionID: '9QK4T7ZP2M1A',
  output_Reversed: 'False',
};

const inState = (status: unknown, reversed: unknown = 'False'): object => ({
  ...completed,
  output_ResponseTransactionStatus: status,
  output_Reversed: reversed,
});

describe('what a query finds', () => {
  it.each(['Completed', 'COMPLETED', 'Success', 'successful'])('%s is paid, with its receipt', (status) => {
    expect(answered(200, inState(status))).toMatchObject({
      kind: 'paid',
      evidence: { providerReference: '9QK4T7ZP2M1A', receipt: '9QK4T7ZP2M1A' },
    });
  });

  it('keeps the conversation of the payment: that of the query is another', () => {
    const result = answered(200, completed);
    expect(result.evidence.requestId).toBeUndefined();
  });

  it.each(['True', 'true', true])('completed and reversed (%j) has come back', (reversed) => {
    expect(answered(200, inState('Completed', reversed)).kind).toBe('returned');
  });

  it.each(['False', 'false', false, '', 'N/A', null, undefined])('completed and %j is not reversed', (reversed) => {
    expect(answered(200, { ...inState('Completed'), output_Reversed: reversed }).kind).toBe('paid');
  });

  it('a reversal that is neither true nor false decides nothing', () => {
    expect(answered(200, inState('Completed', 'Partly')).kind).toBe('unknown');
  });

  it.each(['Failed', 'Cancelled', 'Expired', 'Declined', 'rejected'])('%s is not paid', (status) => {
    expect(answered(200, inState(status)).kind).toBe('failed');
    expect(answered(200, inState(status, 'True')).kind).toBe('unknown');
  });

  it('Pending is still under way', () => {
    expect(answered(200, inState('Pending')).kind).toBe('pending');
  });

  it.each([undefined, '', 'N/A', 'Authorised', 'Initiated'])('%j leaves it open', (status) => {
    expect(answered(200, { ...completed, output_ResponseTransactionStatus: status }).kind).toBe('unknown');
  });

  it.each([
    ['INS-23', 400],
    ['INS-23', 200],
    ['INS-6140', 400],
  ])('%s (%i) finds nothing, which is no failure', (code, status) => {
    expect(answered(status, { output_ResponseCode: code, output_ResponseTransactionStatus: 'N/A' })).toMatchObject({
      kind: 'not-found',
      evidence: { code },
    });
  });

  it.each([
    ['INS-1', 400],
    ['INS-6', 401],
    ['INS-9', 408],
    ['INS-10', 409],
    ['INS-13', 400],
    ['INS-2006', 422],
    ['INS-777', 400],
  ])('%s (%i) is a failure of the query and decides nothing', (code, status) => {
    expect(answered(status, { ...completed, output_ResponseCode: code }).kind).toBe('unknown');
  });

  it('an answer to another question decides nothing', () => {
    expect(answered(200, { ...completed, output_ThirdPartyConversationID: 'ANOTHER' }).kind).toBe('unknown');
    expect(answered(200, { ...completed, output_ThirdPartyConversationID: REFERENCE }).kind).toBe('paid');
    expect(answered(500, completed).kind).toBe('unknown');
  });

  it.each([
    [200, ''],
    [200, '<html>'],
    [404, ''],
    [502, '<html>'],
  ])('%i %s decides nothing', (status, body) => {
    expect(answered(status, body).kind).toBe('unknown');
  });

  it('a 429 is asked again when it says', () => {
    expect(answered(429, '', { 'Retry-After': '3' })).toMatchObject({ kind: 'throttled', waitMs: 3_000 });
  });
});
