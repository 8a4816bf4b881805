import { createHmac, timingSafeEqual } from 'node:crypto';

/** The claims of a Sellapay token, in the order in which they are written. Times are Unix seconds. */
export interface SellapayTokenClaims {
  readonly account: string;
  readonly business_id: string;
  readonly iat: number;
  readonly exp: number;
}

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** A JSON web token, HS256. */
export function signSellapayToken(claims: SellapayTokenClaims, key: string): string {
  const { account, business_id, iat, exp } = claims;
  const payload = Buffer.from(JSON.stringify({ account, business_id, iat, exp })).toString('base64url');
  return `${HEADER}.${payload}.${signature(`${HEADER}.${payload}`, key)}`;
}

/** The claims of a token that `key` signed, expired or not; null for any other text. */
export function verifySellapayToken(token: string, key: string): SellapayTokenClaims | null {
  const [header, payload, mark, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || mark === undefined || rest.length > 0) return null;
  const expected = Buffer.from(signature(`${header}.${payload}`, key));
  const given = Buffer.from(mark);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as SellapayTokenClaims;
}

function signature(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
