import { constants, publicEncrypt } from 'node:crypto';

/**
 * Base64(RSA-PKCS#1 v1.5(password)) under the key of Safaricom's certificate; null where the certificate is none or its key too
 * short. The bare password [assumed]: a loose sentence of the portal encodes it first, its own steps and its tool do not. The
 * certificates in circulation have expired and are still the right ones, so their dates are not looked at.
 */
export function securityCredential(certificatePem: string, password: string): string | null {
  // An environment variable that was filled from one line has its line ends spelt out.
  const pem = certificatePem.replaceAll('\\n', '\n').trim();
  try {
    // Without `padding` Node would use OAEP, which Safaricom answers with 2001 and counts as a wrong password.
    return publicEncrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password, 'utf8')).toString(
      'base64',
    );
  } catch {
    return null;
  }
}
